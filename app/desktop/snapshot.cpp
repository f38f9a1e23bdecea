#include "app/desktop/snapshot.h"

#include "core/series/csv_reader.h"
#include "core/stream/player.h"
#include "ui/main_window.h"

#include <QCoreApplication>
#include <QFileInfo>
#include <QImageWriter>
#include <QStyleFactory>

#include <limits>

namespace stint::app {

namespace {

/// Plays to the end; the last block stays in the store's views.
void playAll(Player& player, ui::ResultStore& store)
{
    ResultBlock block;
    while (player.advance(player.rows(), block) > 0)
        store.append(block);
}

void fillWindow(ui::MainWindow& window, const ui::ModelFacts& facts, const Player& player,
                const PlayerOptions& options, const ui::ResultStore& store)
{
    const bool classifies = facts.task == ModelTask::Classify;
    window.modeBar().setMode(player.mode());
    window.setPlayable(true, {});
    if (player.thresholdMoves())
        window.thresholdControl().setMotion(options.motion);
    window.thresholdControl().setThreshold(classifies ? std::numeric_limits<double>::quiet_NaN()
                                                      : static_cast<double>(player.threshold()));
    window.refresh(store);
    ui::PlaybackStatus status;
    status.state = QObject::tr("at the end");
    status.next = player.position();
    status.rows = player.rows();
    status.time = window.inputsAndScore().timeScale().text(player.rows() - 1);
    status.held = store.heldRows();
    if (classifies)
        status.answer = store.classAnswers().text(player.rows() - 1, facts.classes);
    window.statusLine().setStatus(status);
    window.playbackBar().setPosition(player.position(), status.time);
}

Result<QSize> writePicture(ui::MainWindow& window, const std::string& output)
{
    // Texts that have become longer move their neighbours, and plots draw, at the end of an event
    // turn; there is none here.
    QCoreApplication::sendPostedEvents();
    QCoreApplication::processEvents();
    for (QCustomPlot* plot : window.findChildren<QCustomPlot*>())
        plot->replot();
    const QPixmap picture = window.grab();
    QImageWriter writer(QString::fromStdString(output), "png");
    if (!writer.write(picture.toImage()))
        return Error {output + " could not be written (" + writer.errorString().toStdString()
                      + "); choose a folder that exists and can be written."};
    return picture.size();
}

} // namespace

Result<QSize> renderSnapshot(const SnapshotOptions& options)
{
    Result<Recording> read = readRecording(options.recording);
    if (!read)
        return read.error();
    const auto recording = std::make_shared<const Recording>(std::move(*read));
    const Result<std::shared_ptr<const Family>> family = loadFamily(options.model);
    if (!family)
        return family.error();
    PlayerOptions playerOptions;
    playerOptions.mode = options.mode.value_or((*family)->defaultMode());
    playerOptions.threshold = options.threshold;
    playerOptions.motion = options.motion;
    playerOptions.keepAttention = true;
    playerOptions.keepForecast = (*family)->task == ModelTask::Forecast;
    const Result<std::unique_ptr<Player>> player
        = Player::create(recording, *family, playerOptions);
    if (!player)
        return player.error();

    QApplication::setStyle(QStyleFactory::create(QStringLiteral("Fusion")));
    ui::MainWindow window;
    window.setAttribute(Qt::WA_DontShowOnScreen);
    window.resize(options.size);
    window.setRecording(recording, ui::makeChannelCurves(*recording));
    window.show();
    ui::ResultStore store;
    store.reset(recording->rows());
    std::shared_ptr<const ui::KnownClasses> known;
    if ((*family)->task == ModelTask::Classify)
        known = std::make_shared<const ui::KnownClasses>(ui::knownClasses(*recording, **family));
    store.setKnownClasses(known);
    const QString model = QFileInfo(QString::fromStdString(options.model)).fileName();
    const ui::ModelFacts facts = ui::factsOf(**family, model);
    window.setModel(facts, known);
    playAll(**player, store);
    fillWindow(window, facts, **player, playerOptions, store);
    return writePicture(window, options.output);
}

} // namespace stint::app
