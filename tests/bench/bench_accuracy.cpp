#include "core/series/csv_reader.h"
#include "core/train/variant_trainer.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>
#include <vector>

namespace {

using namespace stint;

/// A set of labelled series in two files, FOLDER/NAME/NAME_TRAIN.csv.gz and NAME_TEST.csv.gz.
struct DataSet {
    const char* name;
    Index every; ///< which rows of a series are used
    int epochs;
};

constexpr DataSet dataSets[]
    = {{"JapaneseVowels", 1, 80}, {"Epilepsy", 2, 60}, {"BasicMotions", 1, 80}};

struct NamedRecipe {
    std::string name;
    VariantTraining training;
};

/// Series of one file, standardised by the rows of the training file.
struct Series {
    std::vector<Matrix<float>> rows;
    std::vector<std::string> classes;
};

LinearRecipe layer(WeightFormat format, double keep, WeightSearch search, GainKind gain,
                   BiasKind bias)
{
    return {format, keep, search, gain, bias};
}

/// Everything linear is sparse and binary, one constant gain per layer, frozen biases of the
/// attention (SBT paper).
EncoderRecipe paper(double keep)
{
    const LinearRecipe blocks = layer(WeightFormat::SparseBinary, keep, WeightSearch::Scores,
                                      GainKind::Paper, BiasKind::Frozen);
    LinearRecipe ends = blocks;
    ends.bias = BiasKind::None;
    return {blocks, ends, ends, true};
}

/// Float embedding and head, trained biases.
EncoderRecipe floatEnds(WeightFormat format, double keep, WeightSearch search,
                        GainKind gain = GainKind::Row)
{
    return {layer(format, keep, search, gain, BiasKind::Trained)};
}

std::vector<NamedRecipe> allRecipes()
{
    using enum WeightFormat;
    constexpr WeightSearch scores = WeightSearch::Scores;
    constexpr WeightSearch straight = WeightSearch::StraightThrough;
    std::vector<NamedRecipe> all {{"dense", {}}, {"binary", {}}};
    all[1].training.recipe = floatEnds(Binary, 1.0, straight);
    for (const int gone : {50, 75, 90, 95}) {
        const double keep = 1.0 - gone / 100.0;
        const std::string suffix = "-" + std::to_string(gone);
        const auto add = [&](const char* name, const EncoderRecipe& recipe) {
            all.push_back({name + suffix, {}});
            all.back().training.recipe = recipe;
        };
        add("paper", paper(keep));
        add("frozen", floatEnds(SparseBinary, keep, scores));
        add("frozen-layer", floatEnds(SparseBinary, keep, scores, GainKind::Layer));
        add("trained", floatEnds(SparseBinary, keep, straight));
        add("trained-layer", floatEnds(SparseBinary, keep, straight, GainKind::Layer));
        add("sparse", floatEnds(Sparse, keep, straight));
        add("popup", floatEnds(Sparse, keep, scores));
    }
    return all;
}

/// \return nothing if the file cannot be read.
Series readSeries(const std::string& path, Index every)
{
    Series series;
    const auto recording = readRecording(path);
    if (!recording) {
        std::fprintf(stderr, "%s\n", recording.error().message.c_str());
        return series;
    }
    const auto classes = recording->classes("label");
    const std::vector<Index> bounds = recording->seriesBounds();
    for (std::size_t s = 0; classes && s + 1 < bounds.size(); ++s) {
        const Index count = (bounds[s + 1] - bounds[s] + every - 1) / every;
        std::vector<const Channel*> channels;
        for (const Channel& c : recording->channels) {
            if (c.name.rfind("dim_", 0) == 0)
                channels.push_back(&c);
        }
        Matrix<float> rows(count, static_cast<Index>(channels.size()));
        for (Index r = 0; r < count; ++r) {
            for (Index c = 0; c < rows.cols(); ++c)
                rows(r, c) = static_cast<float>(
                    channels[static_cast<std::size_t>(c)]
                        ->values[static_cast<std::size_t>(bounds[s] + r * every)]);
        }
        series.rows.push_back(std::move(rows));
        const auto value = classes->values[static_cast<std::size_t>(bounds[s])];
        series.classes.push_back(classes->classes[static_cast<std::size_t>(value)]);
    }
    return series;
}

void standardise(const Series& train, Series& series)
{
    for (Index c = 0; c < train.rows.front().cols(); ++c) {
        double count = 0.0;
        double sum = 0.0;
        double squares = 0.0;
        for (const Matrix<float>& rows : train.rows) {
            for (Index r = 0; r < rows.rows(); ++r) {
                const auto v = static_cast<double>(rows(r, c));
                count += 1.0;
                sum += v;
                squares += v * v;
            }
        }
        const double mean = sum / count;
        const double deviation = std::sqrt(std::max(squares / count - mean * mean, 1e-12));
        for (Matrix<float>& rows : series.rows) {
            for (Index r = 0; r < rows.rows(); ++r)
                rows(r, c)
                    = static_cast<float>((static_cast<double>(rows(r, c)) - mean) / deviation);
        }
    }
}

std::vector<SeriesData> labelled(const Series& series, const std::vector<std::string>& classes)
{
    std::vector<SeriesData> all;
    for (std::size_t i = 0; i < series.rows.size(); ++i) {
        const auto found = std::find(classes.begin(), classes.end(), series.classes[i]);
        all.push_back(
            {&series.rows[i], 0, series.rows[i].rows(), static_cast<int>(found - classes.begin())});
    }
    return all;
}

double number(const char* name, double otherwise)
{
    const char* text = std::getenv(name); // NOLINT(concurrency-mt-unsafe): one thread
    return text == nullptr ? otherwise : std::strtod(text, nullptr);
}

void setUp(VariantTraining& t, const DataSet& set, const std::vector<SeriesData>& train,
           const std::vector<SeriesData>& test, Index classes)
{
    EncoderConfig& c = t.config;
    c.inputs = train.front().rows->cols();
    c.outputs = classes;
    c.window = 1;
    for (const auto* all : {&train, &test}) {
        for (const SeriesData& s : *all)
            c.window = std::max(c.window, s.last);
    }
    c.width = 32;
    c.hidden = 256;
    c.attention = AttentionMask::Full;
    c.positions = Positions::WindowSine;
    c.norm = Norm::Batch;
    c.newest = Newest::Visible;
    c.pooling = Pooling::Mean;
    t.learningRate = number("RATE", 1e-3);
    t.scoreRate = number("SCORE_RATE", 0.0);
    t.cosine = number("COSINE", 0.0) > 0.0;
    t.epochs = static_cast<int>(number("EPOCHS", set.epochs));
    t.patience = 0;
    t.batch = static_cast<Index>(number("BATCH", 16.0));
    t.clip = 4.0;
}

void run(const DataSet& set, const std::string& folder, const std::string& recipeFilter, int seeds)
{
    const std::string stem = folder + "/" + set.name + "/" + set.name;
    const Series train = readSeries(stem + "_TRAIN.csv.gz", set.every);
    Series test = readSeries(stem + "_TEST.csv.gz", set.every);
    if (train.rows.empty() || test.rows.empty())
        return;
    Series trainStandardised = train;
    if (number("STANDARDISE", 1.0) > 0.0) {
        standardise(train, trainStandardised);
        standardise(train, test);
    }
    std::vector<std::string> classes = train.classes;
    std::sort(classes.begin(), classes.end());
    classes.erase(std::unique(classes.begin(), classes.end()), classes.end());
    const auto learned = labelled(trainStandardised, classes);
    const auto asked = labelled(test, classes);
    WorkerPool pool(1);
    for (NamedRecipe& recipe : allRecipes()) {
        if (!recipeFilter.empty()
            && ("," + recipeFilter + ",").find("," + recipe.name + ",") == std::string::npos)
            continue;
        const auto start = static_cast<WeightStart>(static_cast<int>(number("START", 0.0)));
        for (LinearRecipe* l : {&recipe.training.recipe.blocks, &recipe.training.recipe.embed,
                                &recipe.training.recipe.head})
            l->start = start;
        setUp(recipe.training, set, learned, asked, static_cast<Index>(classes.size()));
        double sum = 0.0;
        double squares = 0.0;
        double trainLoss = 0.0;
        const std::clock_t begin = std::clock(); // of this process alone
        for (int seed = 1; seed <= seeds; ++seed) {
            recipe.training.seed = static_cast<std::uint64_t>(seed);
            const auto trained = trainClassifier(learned, asked, recipe.training, pool, {}, {});
            if (!trained) {
                std::fprintf(stderr, "%s\n", trained.error().message.c_str());
                return;
            }
            sum += trained->validationAccuracy;
            squares += trained->validationAccuracy * trained->validationAccuracy;
            trainLoss += trained->trainLoss;
        }
        const double mean = sum / seeds;
        const double seconds
            = static_cast<double>(std::clock() - begin) / static_cast<double>(CLOCKS_PER_SEC);
        std::printf("%-16s %-18s %.3f +- %.3f  train loss %.4f  %.1f s each\n", set.name,
                    recipe.name.c_str(), mean,
                    std::sqrt(std::max(squares / seeds - mean * mean, 0.0)), trainLoss / seeds,
                    seconds / seeds);
        std::fflush(stdout);
    }
}

} // namespace

/// FOLDER [SET|all] [RECIPE,…] [SEEDS]
int main(int argc, char** argv)
{
    if (argc < 2) {
        std::fprintf(stderr, "usage: stint_bench_accuracy FOLDER [SET|all] [RECIPE,...] [SEEDS]\n");
        return 2;
    }
    const std::string wanted = argc > 2 ? argv[2] : "all";
    for (const DataSet& set : dataSets) {
        if (wanted == "all" || wanted == set.name)
            run(set, argv[1], argc > 3 ? argv[3] : "",
                argc > 4 ? static_cast<int>(std::strtol(argv[4], nullptr, 10)) : 3);
    }
    return 0;
}
