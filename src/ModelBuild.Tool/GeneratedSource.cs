using ModelBuild.Engine;
using ModelBuild.Generator;

namespace ModelBuild.Tool;

/// <summary>The C# of a plan, as the generator emits it; no compiler is needed for that.</summary>
internal static class GeneratedSource
{
    /// <exception cref="DiagnosticException">MB4xxx: the plan gives no class.</exception>
    public static string Of(Plan plan) => PlanCheck.Faults(plan).FirstOrDefault() is { } fault
        ? throw new DiagnosticException(new Diagnostic(fault.Id, Severity.Error, plan.Source.File, 0, 0, fault.Text))
        : ClassSource.Write(plan);
}
