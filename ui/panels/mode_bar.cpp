#include "ui/panels/mode_bar.h"

#include <QCoreApplication>
#include <QHBoxLayout>

#include <algorithm>

namespace stint::ui {

namespace {

// Fields of a mode by number.
enum Field { WeightsField, AttentionField, InferenceField };

template <typename Values>
QStringList displayNames(const Values& values)
{
    QStringList names;
    for (const auto value : values)
        names.append(displayName(value));
    return names;
}

bool sameField(const Mode& a, const Mode& b, int field)
{
    switch (static_cast<Field>(field)) {
    case WeightsField:
        return a.weights == b.weights;
    case AttentionField:
        return a.attention == b.attention;
    case InferenceField:
        return a.inference == b.inference;
    }
    return false;
}

} // namespace

QString displayName(WeightFormat weights)
{
    switch (weights) {
    case WeightFormat::Dense:
        return QCoreApplication::translate("Mode", "Dense");
    case WeightFormat::Sparse:
        return QCoreApplication::translate("Mode", "Sparse");
    case WeightFormat::Binary:
        return QCoreApplication::translate("Mode", "Binary");
    case WeightFormat::SparseBinary:
        return QCoreApplication::translate("Mode", "Sparse binary");
    }
    return {};
}

QString displayName(AttentionMask attention)
{
    switch (attention) {
    case AttentionMask::Full:
        return QCoreApplication::translate("Mode", "Full");
    case AttentionMask::StepT:
        return QCoreApplication::translate("Mode", "Step-T");
    case AttentionMask::FixedMask:
        return QCoreApplication::translate("Mode", "Fixed mask");
    case AttentionMask::SelfOnly:
        return QCoreApplication::translate("Mode", "Self only");
    }
    return {};
}

QString displayName(Inference inference)
{
    switch (inference) {
    case Inference::Window:
        return QCoreApplication::translate("Mode", "Window");
    case Inference::Continual:
        return QCoreApplication::translate("Mode", "Continual");
    }
    return {};
}

ModeBar::ModeBar(QWidget* parent)
    : QWidget(parent),
      m_weights(new SegmentedControl(tr("Weights"), displayNames(allWeightFormats), this)),
      m_attention(new SegmentedControl(tr("Attention"), displayNames(allAttentionMasks), this)),
      m_inference(new SegmentedControl(tr("Inference"), displayNames(allInferences), this))
{
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(2 * fontMetrics().averageCharWidth());
    layout->addWidget(m_weights);
    layout->addWidget(m_attention);
    layout->addWidget(m_inference);
    connect(m_weights, &SegmentedControl::chosen, this,
            [this](int i) { chooseWeights(static_cast<WeightFormat>(i)); });
    connect(m_attention, &SegmentedControl::chosen, this,
            [this](int i) { chooseAttention(static_cast<AttentionMask>(i)); });
    connect(m_inference, &SegmentedControl::chosen, this,
            [this](int i) { chooseInference(static_cast<Inference>(i)); });
    updateAll();
}

void ModeBar::setModes(std::vector<ModeStatus> modes)
{
    m_modes = std::move(modes);
    if (m_modes.empty())
        m_mode.reset();
    updateAll();
}

void ModeBar::setMode(const Mode& mode)
{
    if (m_mode && *m_mode == mode)
        return;
    m_mode = mode;
    updateAll();
}

void ModeBar::chooseWeights(WeightFormat weights)
{
    Mode wanted = m_mode.value_or(Mode {});
    wanted.weights = weights;
    request(wanted, WeightsField);
}

void ModeBar::chooseAttention(AttentionMask attention)
{
    Mode wanted = m_mode.value_or(Mode {});
    wanted.attention = attention;
    request(wanted, AttentionField);
}

void ModeBar::chooseInference(Inference inference)
{
    Mode wanted = m_mode.value_or(Mode {});
    wanted.inference = inference;
    request(wanted, InferenceField);
}

void ModeBar::request(const Mode& wanted, int fixedField)
{
    if (!m_mode)
        return;
    const std::optional<Mode> found = nearestOffered(wanted, fixedField);
    if (found && !(*found == *m_mode))
        Q_EMIT modeRequested(*found);
}

const ModeStatus* ModeBar::status(const Mode& mode) const
{
    const auto found = std::find_if(m_modes.begin(), m_modes.end(),
                                    [&](const ModeStatus& s) { return s.mode == mode; });
    return found == m_modes.end() ? nullptr : &*found;
}

std::optional<Mode> ModeBar::nearestOffered(const Mode& wanted, int fixedField) const
{
    // What was chosen stays; of the others, weights weigh most and inference least, because
    // inference changes cost only.
    std::optional<Mode> best;
    int bestCost = 100;
    for (const ModeStatus& candidate : m_modes) {
        if (!candidate.offered || !sameField(candidate.mode, wanted, fixedField))
            continue;
        const int cost = (sameField(candidate.mode, wanted, WeightsField) ? 0 : 4)
            + (sameField(candidate.mode, wanted, AttentionField) ? 0 : 2)
            + (sameField(candidate.mode, wanted, InferenceField) ? 0 : 1);
        if (cost < bestCost) {
            best = candidate.mode;
            bestCost = cost;
        }
    }
    return best;
}

void ModeBar::update(SegmentedControl& control, int segment, const Mode& wanted, const QString& key)
{
    const int field = &control == m_weights ? WeightsField
        : &control == m_attention           ? AttentionField
                                            : InferenceField;
    if (!m_mode) {
        control.setSegment(segment, false, tr("Open or train a model first."));
        return;
    }
    const ModeStatus* exact = status(wanted);
    const std::optional<Mode> nearest = nearestOffered(wanted, field);
    const QString why = exact != nullptr && !exact->why.empty()
        ? QString::fromStdString(exact->why)
        : tr("The model does not have %1.").arg(QString::fromStdString(toString(wanted)));
    if (!nearest) {
        control.setSegment(segment, false, why);
        return;
    }
    QString text = tr("Key %1, from the next row on.").arg(key);
    if (!(*nearest == wanted))
        text += tr(" Goes to %1, because: %2").arg(QString::fromStdString(toString(*nearest)), why);
    control.setSegment(segment, true, text);
}

void ModeBar::updateAll()
{
    const Mode current = m_mode.value_or(Mode {});
    int key = 1;
    const auto keyText = [&key] { return QString::number(key++); };
    for (const WeightFormat weights : allWeightFormats)
        update(*m_weights, static_cast<int>(weights),
               {weights, current.attention, current.inference}, keyText());
    for (const AttentionMask attention : allAttentionMasks)
        update(*m_attention, static_cast<int>(attention),
               {current.weights, attention, current.inference},
               attention == AttentionMask::SelfOnly ? QStringLiteral("0") : keyText());
    // What attention is compared with: of interest where a model was trained for it.
    const bool ablation = std::any_of(m_modes.begin(), m_modes.end(), [](const ModeStatus& s) {
        return s.offered && s.mode.attention == AttentionMask::SelfOnly;
    });
    m_attention->setShown(static_cast<int>(AttentionMask::SelfOnly), ablation);
    for (const Inference inference : allInferences)
        update(*m_inference, static_cast<int>(inference),
               {current.weights, current.attention, inference}, keyText());
    m_weights->setCurrent(m_mode ? static_cast<int>(current.weights) : -1);
    m_attention->setCurrent(m_mode ? static_cast<int>(current.attention) : -1);
    m_inference->setCurrent(m_mode ? static_cast<int>(current.inference) : -1);
}

} // namespace stint::ui
