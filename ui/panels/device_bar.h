#pragma once

#include <QAction>
#include <QComboBox>
#include <QFrame>
#include <QLabel>
#include <QList>
#include <QPushButton>
#include <QToolButton>

namespace stint::ui {

/// What the bar says about a device.
struct DeviceFacts {
    QString sentence; ///< for example "Looks like text with commas, 8 channels, 1000 rows/s"
    QString sample; ///< newest raw line
    bool problem = false; ///< the sentence says what is wrong
    QList<int> rates; ///< that could be tried instead; empty: none is proposed
    QString details = {}; ///< for the mouse over the bar; empty: none
};

/// One line about the device that is connected, with the raw line under it; where nothing could be
/// recognised, other rates to try in its place. For a file that is followed, one line about that.
class DeviceBar : public QFrame {
    Q_OBJECT

public:
    /// \param change,record actions that get a button here. \param followFile the one that a button
    /// ends.
    DeviceBar(QAction* change, QAction* record, QAction* followFile, QWidget* parent = nullptr);

    /// Arranges for a file that is followed, or for a device.
    void setFile(bool file);

    /// Times to choose from [s], ascending, beside "all"; of rows that are counted, their numbers.
    void offerTimeWindows(const QList<double>& windows, bool rows);
    /// Those of a device.
    void offerUsualTimeWindows();

    void setFacts(const DeviceFacts& facts);

    /// How much time is shown while following; 0: everything.
    [[nodiscard]] double timeWindow() const { return m_window->currentData().toDouble(); }
    void setTimeWindow(double seconds);

    [[nodiscard]] QString sentence() const { return m_sentence->text(); }
    [[nodiscard]] QString sample() const { return m_fullSample; }
    [[nodiscard]] QList<QPushButton*> rateButtons() const { return m_rates; }
    [[nodiscard]] QToolButton* stopFollowing() const { return m_stopFollowing; }
    [[nodiscard]] QComboBox* windows() const { return m_window; }

Q_SIGNALS:
    void rateRequested(int rate);
    void timeWindowRequested(double seconds);

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void showRates(const QList<int>& rates);
    void elideSample();

    QList<QToolButton*> m_ofDevice; // all are children
    QToolButton* m_stopFollowing;
    QLabel* m_sign;
    QLabel* m_sentence;
    QLabel* m_sample;
    QWidget* m_tries;
    QComboBox* m_window;
    QList<QPushButton*> m_rates;
    QList<int> m_shownRates;
    QString m_fullSample;
    bool m_problem = false;
    bool m_file = false;
};

} // namespace stint::ui
