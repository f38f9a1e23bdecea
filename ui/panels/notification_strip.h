#pragma once

#include <QFrame>
#include <QLabel>
#include <QToolButton>

namespace stint::ui {

/// One line above the work that says what went wrong, or what was done, until it is dismissed.
/// It never stops the work, and repeats of one message are counted instead of piling up.
class NotificationStrip : public QFrame {
    Q_OBJECT

public:
    enum class Kind {
        Note, ///< for information
        Problem, ///< something could not be done
    };

    explicit NotificationStrip(QWidget* parent = nullptr);

    /// Shows a sentence in place of the one before. \param action what can be done about it, a
    /// button beside it; empty: nothing.
    void show(const QString& sentence, Kind kind, const QString& action = {});

    /// Hides the strip.
    void dismiss();

    [[nodiscard]] QString sentence() const { return m_sentence; }
    [[nodiscard]] int repeats() const { return m_repeats; }
    [[nodiscard]] Kind kind() const { return m_kind; }
    [[nodiscard]] QToolButton* actionButton() const { return m_action; }

Q_SIGNALS:
    /// The button beside the sentence was pressed.
    void actionRequested();

private:
    QLabel* m_sign; // children
    QLabel* m_text;
    QToolButton* m_action;
    QString m_sentence;
    Kind m_kind = Kind::Note;
    int m_repeats = 0;
};

} // namespace stint::ui
