#include "ui/panels/status_line.h"

#include "ui/plot/theme.h"

#include <QLocale>

#include <algorithm>
#include <cmath>
#include <utility>

namespace stint::ui {

StatusLine::StatusLine(QWidget* parent)
    : QStatusBar(parent),
      m_state(addField(tr("State"), tr("at the end"))),
      m_place(addField(tr("Place"), tr("row 100 000 / 100 000 · 2020-03-09 10:14:33"))),
      m_answer(addField(tr("Class and probability of the newest row"), {})),
      m_rate(addField(tr("Rows per second"), tr("100 000 rows/s"))),
      m_step(addField(tr("Time of the engine per row"), tr("1000.0 µs/step"))),
      m_frame(addField(tr("Time to draw"), tr("frame 10.0 ms"))),
      m_lost(addField(tr("Lost and held"), tr("dropped 0 · held 0000"))),
      m_difference(addField(tr("Largest difference between inferences"),
                            tr("inferences differ ≤ 0.00e-00"))),
      m_device(addField(tr("Device"), {})),
      m_recorded(addField(tr("Recording"), {})),
      m_loading(new QProgressBar(this)),
      m_cancel(new QPushButton(tr("Cancel"), this))
{
    setSizeGripEnabled(false);
    m_lost->setToolTip(tr(
        "Dropped: answers that were not shown. Held: rows with a missing value, which the model is "
        "given as the last value of that channel, flagged. After an interruption it begins anew."));
    m_loading->setRange(0, 100);
    m_loading->setMaximumHeight(fontMetrics().height() + 2);
    m_loading->setAccessibleName(tr("Reading"));
    m_cancel->setAccessibleName(tr("Cancel reading"));
    addPermanentWidget(m_loading);
    addPermanentWidget(m_cancel);
    connect(m_cancel, &QPushButton::clicked, this, &StatusLine::cancelLoadingRequested);
    setLoading({}, 0.0);
    setStatus({});
}

QLabel* StatusLine::addField(const QString& name, const QString& widest)
{
    auto* label = new QLabel(this);
    label->setAccessibleName(name);
    label->setToolTip(name);
    // A fixed width: numbers that change must not push the others about.
    label->setMinimumWidth(label->fontMetrics().horizontalAdvance(widest));
    addWidget(label);
    return label;
}

void StatusLine::set(QLabel* field, const QString& text)
{
    if (field->text() == text)
        return;
    field->setText(text);
    field->setAccessibleDescription(text);
}

void StatusLine::setStatus(const PlaybackStatus& status)
{
    const QLocale locale;
    const auto number = [&](auto value) { return locale.toString(static_cast<qlonglong>(value)); };
    set(m_state, status.state);
    QString place = status.live ? tr("row %1").arg(number(status.next))
                                : tr("row %1 / %2").arg(number(status.next), number(status.rows));
    if (!status.time.isEmpty())
        place += QStringLiteral(" · ") + status.time;
    set(m_place, place);
    set(m_answer, status.answer);
    // A class has a place of its own only where there are classes; it is as wide as the widest yet.
    m_answer->setVisible(!status.answer.isEmpty());
    m_answer->setMinimumWidth(std::max(m_answer->minimumWidth(), m_answer->sizeHint().width()));
    // Counts grow; their places only ever get wider.
    for (const auto& [field, text] :
         {std::pair(m_device, status.device), std::pair(m_recorded, status.recorded)}) {
        set(field, text);
        field->setVisible(!text.isEmpty());
        field->setMinimumWidth(std::max(field->minimumWidth(), field->sizeHint().width()));
    }
    m_difference->setVisible(!status.live);
    set(m_rate, tr("%1 rows/s").arg(number(std::llround(status.rowsPerSecond))));
    set(m_step, tr("%1 µs/step").arg(status.microsecondsPerStep, 0, 'f', 1));
    set(m_frame, tr("frame %1 ms").arg(status.frameMilliseconds, 0, 'f', 1));
    // What is done about missing values is said where there are some; the place only gets wider.
    set(m_lost,
        status.held > 0 ? tr("dropped %1 · held %2 (last value)")
                              .arg(number(status.dropped), number(status.held))
                        : tr("dropped %1 · held 0").arg(number(status.dropped)));
    m_lost->setMinimumWidth(std::max(m_lost->minimumWidth(), m_lost->sizeHint().width()));
    set(m_difference,
        status.inferenceDifference
            ? tr("inferences differ ≤ %1").arg(*status.inferenceDifference, 0, 'g', 2)
            : QString());
    m_difference->setToolTip(
        status.inferenceDifference
            ? tr("Largest difference between the scores of window and continual inference, over "
                 "%n rows that were answered by both",
                 nullptr, static_cast<int>(status.comparedRows))
            : tr("Change the inference while playing to see by how much the answers differ."));
}

void StatusLine::setLoading(const QString& name, double fraction)
{
    const bool shown = !name.isEmpty();
    m_loading->setVisible(shown);
    m_cancel->setVisible(shown);
    m_loading->setFormat(tr("Reading %1: %p %").arg(QString(name).replace(u'%', u' ')));
    m_loading->setValue(static_cast<int>(100.0 * fraction));
}

QString StatusLine::text() const
{
    QStringList parts;
    for (const QLabel* field : {m_state, m_place, m_answer, m_rate, m_step, m_frame, m_lost,
                                m_difference, m_device, m_recorded}) {
        if (!field->text().isEmpty())
            parts.append(field->text());
    }
    return parts.join(QStringLiteral(" | "));
}

} // namespace stint::ui
