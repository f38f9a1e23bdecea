#include "core/presets/sbt_presets.h"

namespace stint {

namespace {

/// A line of the table of published costs.
struct Row {
    const char* name = "";
    const char* title = "";
    Index inputs = 1, outputs = 1, width = 1, window = 1, layers = 1, heads = 1;
    double keep = 1.0, qkvKeep = 1.0;
    PublishedCosts dense, sparse;
};

PublishedCosts published(std::uint64_t flops, std::uint64_t parameters, std::uint64_t bits)
{
    return {.inference = Inference::Window,
            .flops = flops,
            .flopsRoundedTo = 1,
            .parameters = parameters,
            .bits = bits};
}

EncoderConfig sizes(const Row& row)
{
    EncoderConfig config;
    config.inputs = row.inputs;
    config.outputs = row.outputs;
    config.window = row.window;
    config.width = row.width;
    config.heads = row.heads;
    config.hidden = 256;
    config.layers = row.layers;
    config.attention = AttentionMask::Full;
    config.positions = Positions::WindowSine;
    config.norm = Norm::Time;
    config.newest = Newest::Visible;
    return config;
}

Preset preset(const Row& row, const EncoderConfig& dense, const EncoderConfig& sparse)
{
    return {.name = row.name,
            .title = row.title,
            .paper = Paper::SparseBinary,
            .remark = {},
            .variants = {{.weights = WeightFormat::Dense,
                          .keep = 1.0,
                          .config = dense,
                          .biases = Biases::All,
                          .published = {row.dense}},
                         {.weights = WeightFormat::SparseBinary,
                          .keep = row.keep,
                          .config = sparse,
                          .biases = Biases::AttentionOnly,
                          .published = {row.sparse}}}};
}

Preset anomalyDetection(const Row& row)
{
    const EncoderConfig dense = sizes(row);
    EncoderConfig sparse = dense;
    sparse.attention = AttentionMask::StepT;
    sparse.norm = Norm::None;
    return preset(row, dense, sparse);
}

Preset forecasting(const Row& row)
{
    EncoderConfig dense = sizes(row);
    dense.newest = Newest::Zeroed;
    EncoderConfig sparse = dense;
    sparse.attention = AttentionMask::StepT;
    return preset(row, dense, sparse);
}

Preset classification(const Row& row)
{
    EncoderConfig dense = sizes(row);
    dense.norm = Norm::Batch;
    dense.pooling = Pooling::Mean;
    EncoderConfig sparse = dense;
    sparse.attention = AttentionMask::FixedMask;
    sparse.qkvKeep = row.qkvKeep;
    dense.positions = Positions::WindowLearned;
    dense.positionRows = 1024;
    return preset(row, dense, sparse);
}

} // namespace

std::vector<Preset> sbtPresets()
{
    std::vector<Preset> all;
    const auto anomaly = [&all](const Row& row) { all.push_back(anomalyDetection(row)); };
    anomaly({"smd", "Server Machine Dataset, anomaly detection", 38, 38, 76, 200, 2, 2, 0.25, 1.0,
             published(19'513'552, 132'794, 4'249'408), published(1'863'484, 32'452, 129'808)});
    anomaly({"msl", "Mars Science Laboratory, anomaly detection", 55, 55, 110, 50, 2, 2, 0.25, 1.0,
             published(4'949'440, 223'717, 7'158'944), published(982'994, 55'384, 221'540)});
    anomaly({"smap", "Soil Moisture Active Passive, anomaly detection", 25, 25, 50, 50, 2, 2, 0.25,
             1.0, published(1'346'200, 75'187, 2'405'984), published(219'674, 18'424, 73'700)});
    const auto forecast = [&all](const Row& row) { all.push_back(forecasting(row)); };
    forecast({"ecl", "Electricity consumption, forecasting", 321, 321, 350, 200, 2, 2, 0.5, 1.0,
              published(204'758'100, 1'569'383, 50'220'256),
              published(74'963'450, 782'350, 1'588'700)});
    forecast({"wth", "Weather, forecasting", 12, 12, 100, 200, 2, 2, 0.5, 1.0,
              published(28'504'800, 188'024, 6'016'768), published(6'362'800, 93'200, 210'400)});
    forecast({"ettm1", "Electricity transformer, forecasting", 7, 7, 64, 200, 2, 2, 0.5, 1.0,
              published(15'530'624, 102'023, 3'264'736), published(2'687'456, 50'400, 124'800)});
    const auto classify = [&all](const Row& row) { all.push_back(classification(row)); };
    classify({"arabic", "Spoken Arabic digits, classification", 13, 10, 64, 93, 2, 2, 0.9, 0.5,
              published(4'621'412, 167'050, 5'345'600), published(3'025'330, 90'048, 107'968)});
    classify({"face-detection", "Face detection, classification", 144, 2, 128, 62, 2, 2, 0.5, 0.5,
              published(8'276'752, 414'850, 13'275'200), published(3'955'600, 140'928, 297'216)});
    classify({"heartbeat", "Heartbeat, classification", 61, 2, 64, 405, 2, 2, 0.9, 0.5,
              published(52'729'380, 169'602, 5'427'264), published(25'585'984, 92'352, 110'528)});
    classify({"insect", "Insect wingbeat, classification", 200, 10, 256, 30, 3, 8, 0.5, 0.5,
              published(19'765'344, 1'503'498, 48'111'936),
              published(9'797'472, 618'240, 1'282'560)});
    classify({"japanese-vowels", "Japanese vowels, classification", 12, 9, 32, 29, 2, 2, 0.5, 0.5,
              published(326'532, 75'529, 2'416'928), published(156'148, 20'944, 45'728)});
    return all;
}

} // namespace stint
