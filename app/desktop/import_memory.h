#pragma once

#include "core/series/read_choices.h"

#include <QString>

#include <string>

namespace stint::app {

/// Remembers between starts how files of a layout were opened.
///
/// Thread safety: an object belongs to one thread at a time.
class ImportMemory {
public:
    /// \param file where it is kept; empty: beside the other settings of the user.
    explicit ImportMemory(QString file = {});

    [[nodiscard]] bool empty() const;
    [[nodiscard]] ReadChoices recall(const std::string& layout) const;

    /// Choices that choose nothing are forgotten.
    void remember(const std::string& layout, const ReadChoices& choices);

private:
    QString m_file;
};

} // namespace stint::app
