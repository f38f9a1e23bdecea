#include "app/commands/cost_rules.h"

namespace stint::app {

std::string_view name(CostRules rules)
{
    switch (rules) {
    case CostRules::Operations:
        return "operations";
    case CostRules::Executed:
        return "executed";
    case CostRules::SbtPaper:
        return "sbt-paper";
    case CostRules::ContinualPaper:
        return "continual-paper";
    }
    return "";
}

Result<CostRules> parseCostRules(const std::string& text)
{
    for (const CostRules rules : {CostRules::Operations, CostRules::Executed, CostRules::SbtPaper,
                                  CostRules::ContinualPaper}) {
        if (name(rules) == text)
            return rules;
    }
    return Error {"There are no rules \"" + text
                  + "\"; use operations, executed, sbt-paper or continual-paper."};
}

} // namespace stint::app
