#include "ui/panels/connect_dialog.h"

#include <QClipboard>
#include <QDialogButtonBox>
#include <QFileDialog>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QIntValidator>
#include <QStyle>
#include <QVBoxLayout>

#include <algorithm>

namespace stint::ui {

namespace {

constexpr int highestRate = 100'000'000;

QComboBox* makeChoice(const QString& name, const QStringList& texts, QWidget* parent)
{
    auto* box = new QComboBox(parent);
    box->addItems(texts);
    box->setAccessibleName(name);
    return box;
}

} // namespace

QList<int> usualRates()
{
    return {1200,    2400,    4800,    9600,    19'200,  38'400,  57'600,    74'880,
            115'200, 230'400, 250'000, 460'800, 500'000, 921'600, 1'000'000, 2'000'000};
}

ConnectDialog::ConnectDialog(QWidget* parent)
    : QDialog(parent),
      m_ports(new QListWidget(this)),
      m_path(new QLineEdit(this)),
      m_rate(new QComboBox(this)),
      m_fold(new QToolButton(this)),
      m_connect(new QPushButton(tr("&Connect"), this))
{
    setWindowTitle(tr("Connect a device"));
    m_ports->setAccessibleName(tr("Serial ports, newest first"));
    m_ports->setMinimumHeight(5 * fontMetrics().height());
    m_ports->setUniformItemSizes(true);
    m_path->setPlaceholderText(tr("Choose a port above, or type a path such as /dev/ttyUSB0"));
    m_path->setAccessibleName(tr("Path of the port"));
    m_rate->setEditable(true);
    m_rate->setInsertPolicy(QComboBox::NoInsert);
    m_rate->setValidator(new QIntValidator(1, highestRate, m_rate));
    m_rate->setAccessibleName(tr("Rate in baud"));
    for (const int rate : usualRates())
        m_rate->addItem(QString::number(rate));
    m_rate->setToolTip(tr("Any number can be typed in. It must be the one that the device was "
                          "programmed with."));
    m_rate->setCurrentText(QStringLiteral("115200"));
    m_fold->setText(tr("&Advanced"));
    m_fold->setCheckable(true);
    m_fold->setAutoRaise(true);
    m_fold->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);

    auto* main = new QFormLayout; // owned by the layout below
    main->addRow(tr("&Port"), m_path);
    main->addRow(tr("&Rate [baud]"), m_rate);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Cancel, this);
    buttons->addButton(m_connect, QDialogButtonBox::AcceptRole);
    m_connect->setDefault(true);
    auto* layout = new QVBoxLayout(this);
    layout->addWidget(m_ports, 1);
    layout->addLayout(main);
    layout->addWidget(m_fold);
    layout->addWidget(makeAdvanced());
    layout->addWidget(makeProblem());
    layout->addWidget(buttons);
    setMinimumWidth(72 * fontMetrics().averageCharWidth());

    connect(m_ports, &QListWidget::currentRowChanged, this, &ConnectDialog::choosePort);
    connect(m_ports, &QListWidget::itemActivated, m_connect, &QPushButton::click);
    connect(m_path, &QLineEdit::textEdited, this, [this] { m_portChosen = true; });
    connect(m_path, &QLineEdit::textChanged, this, &ConnectDialog::updateAllowed);
    connect(m_rate, &QComboBox::currentTextChanged, this, &ConnectDialog::updateAllowed);
    connect(m_fold, &QToolButton::toggled, this, &ConnectDialog::fold);
    connect(m_connect, &QPushButton::clicked, this, [this] {
        setConnecting(true);
        Q_EMIT connectRequested(choice());
    });
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(this, &QDialog::rejected, this, &ConnectDialog::left);
    fold(false);
    setPorts({});
    updateAllowed();
}

QWidget* ConnectDialog::makeAdvanced()
{
    m_advanced = new QWidget(this);
    auto* columns = new QHBoxLayout(m_advanced);
    columns->setContentsMargins(0, 0, 0, 0);
    auto* left = new QFormLayout; // owned by the columns, as is the right one
    auto* right = new QVBoxLayout;
    columns->addLayout(left, 1);
    columns->addSpacing(2 * fontMetrics().averageCharWidth());
    columns->addLayout(right, 1);
    m_dataBits = makeChoice(
        tr("Data bits"),
        {QStringLiteral("5"), QStringLiteral("6"), QStringLiteral("7"), QStringLiteral("8")},
        m_advanced);
    m_dataBits->setCurrentIndex(3);
    m_parity = makeChoice(tr("Parity"),
                          {tr("none"), tr("even"), tr("odd"), tr("mark"), tr("space")}, m_advanced);
    m_stopBits
        = makeChoice(tr("Stop bits"),
                     {QStringLiteral("1"), QStringLiteral("1.5"), QStringLiteral("2")}, m_advanced);
    m_flow
        = makeChoice(tr("Flow control"),
                     {tr("none"), tr("hardware (RTS/CTS)"), tr("software (XON/XOFF)")}, m_advanced);
    m_dtr = new QCheckBox(tr("Set &DTR"), m_advanced);
    m_dtr->setToolTip(tr("Many boards restart when this line changes."));
    m_dtr->setChecked(true);
    m_rts = new QCheckBox(tr("Set R&TS"), m_advanced);
    m_rts->setToolTip(tr("Left to the driver with hardware flow control."));
    m_rts->setChecked(true);
    left->addRow(tr("Data bits"), m_dataBits);
    left->addRow(tr("Parity"), m_parity);
    left->addRow(tr("Stop bits"), m_stopBits);
    left->addRow(tr("Flow control"), m_flow);
    left->addRow(m_dtr);
    left->addRow(m_rts);
    m_format = new FormatEditor(m_advanced);
    right->addWidget(m_format);
    right->addWidget(makeRecording(m_advanced));
    right->addStretch(1);
    connect(m_format, &FormatEditor::changed, this, [this] {
        updateAllowed();
        if (m_advanced->isVisible()) { // other fields take other room
            layout()->activate();
            adjustSize();
        }
    });
    connect(m_flow, &QComboBox::currentIndexChanged, this,
            [this](int index) { m_rts->setEnabled(index != 1); });
    return m_advanced;
}

QWidget* ConnectDialog::makeRecording(QWidget* parent)
{
    auto* row = new QWidget(parent);
    auto* layout = new QVBoxLayout(row);
    layout->setContentsMargins(0, fontMetrics().height() / 2, 0, 0);
    m_record = new QCheckBox(tr("Record from the &start"), row);
    m_record->setToolTip(tr("Writes every row to a file from the first one on."));
    m_file = new QLineEdit(row);
    m_file->setAccessibleName(tr("File of the recording"));
    auto* choose = new QPushButton(tr("Choose…"), row);
    choose->setAccessibleName(tr("Choose the file of the recording"));
    auto* line = new QHBoxLayout; // owned by the layout
    line->addWidget(m_file, 1);
    line->addWidget(choose);
    layout->addWidget(m_record);
    layout->addLayout(line);
    for (QWidget* widget : {static_cast<QWidget*>(m_file), static_cast<QWidget*>(choose)}) {
        widget->setEnabled(false);
        connect(m_record, &QCheckBox::toggled, widget, &QWidget::setEnabled);
    }
    connect(m_record, &QCheckBox::toggled, this, &ConnectDialog::updateAllowed);
    connect(m_file, &QLineEdit::textChanged, this, &ConnectDialog::updateAllowed);
    connect(choose, &QPushButton::clicked, this, &ConnectDialog::chooseFile);
    return row;
}

QWidget* ConnectDialog::makeProblem()
{
    m_trouble = new QWidget(this);
    auto* layout = new QHBoxLayout(m_trouble);
    layout->setContentsMargins(0, 0, 0, 0);
    auto* sign = new QLabel(m_trouble);
    const int side = style()->pixelMetric(QStyle::PM_SmallIconSize, nullptr, this);
    sign->setPixmap(style()->standardIcon(QStyle::SP_MessageBoxWarning).pixmap(side));
    m_problem = new QLabel(m_trouble);
    m_problem->setWordWrap(true);
    m_problem->setTextFormat(Qt::PlainText);
    m_problem->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    m_command = new QLineEdit(m_trouble);
    m_command->setReadOnly(true);
    m_command->setAccessibleName(tr("Command that helps"));
    m_copy = new QPushButton(tr("Cop&y"), m_trouble);
    m_copy->setToolTip(tr("Copies the command"));
    auto* texts = new QVBoxLayout; // both are owned by the layout
    auto* line = new QHBoxLayout;
    line->addWidget(m_command, 1);
    line->addWidget(m_copy);
    texts->addWidget(m_problem);
    texts->addLayout(line);
    layout->addWidget(sign, 0, Qt::AlignTop);
    layout->addLayout(texts, 1);
    connect(m_copy, &QPushButton::clicked, this,
            [this] { QGuiApplication::clipboard()->setText(m_command->text()); });
    showProblem({}, {});
    return m_trouble;
}

void ConnectDialog::setPorts(const QList<PortOffer>& ports)
{
    // New ports come first, the others keep their order, so that the list does not jump.
    QList<PortOffer> ordered;
    const auto known = [](const QList<PortOffer>& list, const PortOffer& port) {
        return std::any_of(list.begin(), list.end(),
                           [&port](const PortOffer& other) { return other.path == port.path; });
    };
    const bool first = m_offers.isEmpty();
    for (const PortOffer& port : ports) {
        if (!known(m_offers, port))
            ordered.append(port);
    }
    const bool plugged = !ordered.isEmpty() && !first;
    for (const PortOffer& before : std::as_const(m_offers)) {
        const auto now = std::find_if(ports.begin(), ports.end(), [&before](const PortOffer& p) {
            return p.path == before.path;
        });
        if (now != ports.end())
            ordered.append(*now);
    }
    m_offers = ordered;
    const QSignalBlocker blocker(m_ports);
    m_ports->clear();
    for (const PortOffer& port : std::as_const(m_offers))
        m_ports->addItem(port.text);
    if (m_offers.isEmpty()) {
        m_ports->addItem(tr("No serial port yet. Plug a device in, or type a path below."));
        m_ports->item(0)->setFlags(Qt::NoItemFlags);
    } else if (!m_portChosen && (plugged || m_path->text().isEmpty())) {
        m_ports->setCurrentRow(0);
        choosePort(0);
        m_portChosen = false;
    } else {
        const QString path = m_path->text();
        for (qsizetype i = 0; i < m_offers.size(); ++i) {
            if (m_offers[i].path == path)
                m_ports->setCurrentRow(static_cast<int>(i));
        }
    }
}

void ConnectDialog::choosePort(int row)
{
    if (row < 0 || row >= m_offers.size())
        return;
    m_portChosen = true;
    const PortOffer& offer = m_offers[row];
    if (offer.remembered) {
        ConnectChoice last = *offer.remembered;
        last.recordFile.clear();
        setChoice(last);
    }
    m_path->setText(offer.path);
}

const PortOffer* ConnectDialog::offerOf(const QString& path) const
{
    for (const PortOffer& offer : m_offers) {
        if (offer.path == path)
            return &offer;
    }
    return nullptr;
}

void ConnectDialog::setChoice(const ConnectChoice& choice)
{
    m_path->setText(choice.port);
    m_rate->setCurrentText(QString::number(choice.rate));
    m_dataBits->setCurrentIndex(std::clamp(choice.dataBits - 5, 0, 3));
    m_parity->setCurrentIndex(choice.parity);
    m_stopBits->setCurrentIndex(choice.stopBits);
    m_flow->setCurrentIndex(choice.flow);
    m_dtr->setChecked(choice.dtr);
    m_rts->setChecked(choice.rts);
    m_format->setFormat(choice.format);
    m_record->setChecked(!choice.recordFile.isEmpty());
    if (!choice.recordFile.isEmpty())
        m_file->setText(choice.recordFile);
}

ConnectChoice ConnectDialog::choice() const
{
    ConnectChoice choice;
    choice.port = m_path->text().trimmed();
    if (const PortOffer* offer = offerOf(choice.port))
        choice.identity = offer->identity;
    choice.rate = m_rate->currentText().toInt();
    choice.dataBits = m_dataBits->currentIndex() + 5;
    choice.parity = m_parity->currentIndex();
    choice.stopBits = m_stopBits->currentIndex();
    choice.flow = m_flow->currentIndex();
    choice.dtr = m_dtr->isChecked();
    choice.rts = m_rts->isChecked();
    choice.format = m_format->format();
    if (m_record->isChecked())
        choice.recordFile = m_file->text().trimmed();
    return choice;
}

void ConnectDialog::setSuggestedFile(const QString& file)
{
    if (m_file->text().isEmpty())
        m_file->setText(file);
}

void ConnectDialog::chooseFile()
{
    auto* dialog = new QFileDialog(this, tr("Record to"), m_file->text());
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setNameFilter(tr("Recordings (*.csv)"));
    dialog->setDefaultSuffix(QStringLiteral("csv"));
    dialog->setOption(QFileDialog::DontConfirmOverwrite); // an existing file gets a neighbour
    connect(dialog, &QFileDialog::fileSelected, m_file, &QLineEdit::setText);
    dialog->open();
}

void ConnectDialog::fold(bool shown)
{
    m_fold->setArrowType(shown ? Qt::DownArrow : Qt::RightArrow);
    m_advanced->setVisible(shown);
    layout()->activate();
    adjustSize();
}

void ConnectDialog::setProblem(const QString& sentence, const QString& command)
{
    setConnecting(false);
    showProblem(sentence, command);
}

void ConnectDialog::showProblem(const QString& sentence, const QString& command)
{
    m_problem->setText(sentence);
    m_command->setText(command);
    m_command->setVisible(!command.isEmpty());
    m_copy->setVisible(!command.isEmpty());
    m_trouble->setVisible(!sentence.isEmpty());
    adjustSize();
}

void ConnectDialog::setConnecting(bool connecting)
{
    m_connecting = connecting;
    m_connect->setText(connecting ? tr("Connecting…") : tr("&Connect"));
    updateAllowed();
}

void ConnectDialog::updateAllowed()
{
    QString why;
    if (m_path->text().trimmed().isEmpty())
        why = tr("Choose a port or type its path.");
    else if (m_rate->currentText().toInt() <= 0)
        why = tr("The rate is a number greater than 0.");
    else if (!m_format->problem().isEmpty())
        why = m_format->problem();
    else if (m_record->isChecked() && m_file->text().trimmed().isEmpty())
        why = tr("Choose the file of the recording.");
    m_connect->setEnabled(why.isEmpty() && !m_connecting);
    m_connect->setToolTip(why);
}

} // namespace stint::ui
