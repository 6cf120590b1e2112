using System.Globalization;

namespace ModelBuild.Engine;

/// <summary>Budgets against what was reached: a diagnostic for each that is missed, with both numbers.</summary>
internal static class BudgetCheck
{
    public static IEnumerable<Diagnostic> Of(Site site, Budgets budgets, Report report)
    {
        if (budgets.MaxSize is { } size && report.WeightsBytes > size)
            yield return Diagnostics.TooLarge(site, budgets.Severity, report.WeightsBytes, size);
        if (budgets.MaxAccuracyDrop is { } drop)
        {
            if (report.Measurement.AccuracyBefore is { } before && report.Measurement.AccuracyAfter is { } after)
            {
                if (before - after > drop)
                    yield return Diagnostics.TooInaccurate(site, budgets.Severity, before, after, drop);
            }
            else
            {
                yield return Diagnostics.NoLabels(site).Diagnostic;
            }
        }
        if (budgets.MaxError is { } error && !(report.Measurement.MaxError <= error))
            yield return Diagnostics.TooWrong(site, budgets.Severity, report.Measurement.MaxError, error, report.Measurement.Data);
        if (budgets.MaxScratch is { } scratch && report.ScratchBytes > scratch)
            yield return Diagnostics.TooMuchScratch(site, budgets.Severity, report.ScratchBytes, scratch);
        if (budgets.MaxMacs is { } macs && report.Macs > macs)
            yield return Diagnostics.TooManyMacs(site, budgets.Severity, report.Macs, macs);
    }
}
