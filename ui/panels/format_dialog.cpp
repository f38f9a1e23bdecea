#include "ui/panels/format_dialog.h"

#include <QDialogButtonBox>
#include <QFontDatabase>
#include <QVBoxLayout>

namespace stint::ui {

FormatDialog::FormatDialog(QWidget* parent)
    : QDialog(parent),
      m_editor(new FormatEditor(this)),
      m_problem(new QLabel(this)),
      m_preview(new QPlainTextEdit(this)),
      m_use(new QPushButton(tr("&Use"), this))
{
    setWindowTitle(tr("Format of the device"));
    m_problem->setWordWrap(true);
    m_preview->setReadOnly(true);
    m_preview->setLineWrapMode(QPlainTextEdit::NoWrap);
    m_preview->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
    m_preview->setMaximumBlockCount(50);
    m_preview->setAccessibleName(tr("First rows in this format"));
    m_preview->setMinimumHeight(7 * fontMetrics().height());
    m_use->setDefault(true);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Cancel, this);
    buttons->addButton(m_use, QDialogButtonBox::AcceptRole);
    auto* layout = new QVBoxLayout(this);
    layout->addWidget(m_editor);
    layout->addWidget(m_problem);
    layout->addWidget(new QLabel(tr("What the device sent last, in this format:"), this));
    layout->addWidget(m_preview, 1);
    layout->addWidget(buttons);
    setMinimumSize(66 * fontMetrics().averageCharWidth(), 28 * fontMetrics().height());
    connect(m_editor, &FormatEditor::changed, this, &FormatDialog::update);
    connect(m_use, &QPushButton::clicked, this, [this] {
        Q_EMIT formatChosen(m_editor->format());
        accept();
    });
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    update();
}

void FormatDialog::setPreview(const QString& text)
{
    if (m_preview->toPlainText() != text)
        m_preview->setPlainText(text);
}

void FormatDialog::update()
{
    const QString problem = m_editor->problem();
    m_problem->setText(problem);
    m_problem->setVisible(!problem.isEmpty());
    m_use->setEnabled(problem.isEmpty());
    if (problem.isEmpty())
        Q_EMIT previewRequested(m_editor->format());
}

} // namespace stint::ui
