#pragma once

// The one place that includes QCustomPlot. Its header uses the words `signals`, `slots` and
// `foreach`, which this project switches off; they are lent to it and taken back.

#include <QObject>

#define signals Q_SIGNALS
#define slots Q_SLOTS
#define foreach Q_FOREACH
#include <qcustomplot.h>
#undef foreach
#undef slots
#undef signals
