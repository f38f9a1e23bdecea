#include "core/detect/score_kind.h"

#include <string>

namespace stint {

std::string_view name(ScoreKind kind)
{
    switch (kind) {
    case ScoreKind::Combined:
        return "combined";
    case ScoreKind::Encoder:
        return "encoder";
    case ScoreKind::Autoregression:
        return "autoregression";
    }
    return "";
}

Result<ScoreKind> parseScoreKind(std::string_view text)
{
    for (const ScoreKind kind : allScoreKinds) {
        if (name(kind) == text)
            return kind;
    }
    return Error {"\"" + std::string(text)
                  + "\" is not a score; use combined, encoder or autoregression."};
}

} // namespace stint
