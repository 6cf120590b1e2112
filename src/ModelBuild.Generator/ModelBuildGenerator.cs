using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace ModelBuild.Generator;

/// <summary>Writes a class for every plan among the additional files. All it knows is in <c>Emit</c>; here is only the way from and to the compiler.</summary>
[Generator(LanguageNames.CSharp)]
public sealed class ModelBuildGenerator : IIncrementalGenerator
{
    internal const string PlanStep = "ModelBuild.Plan", NamesStep = "ModelBuild.Names", SourceStep = "ModelBuild.Source";

    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        IncrementalValuesProvider<PlanFile> plans = context.AdditionalTextsProvider
            .Where(text => text.Path.EndsWith(".plan", StringComparison.OrdinalIgnoreCase))
            .Select(PlanFile.Read)
            .WithTrackingName(PlanStep);

        // Which file owns which class: a change inside a plan leaves it as it is, so the others' sources stay cached.
        IncrementalValueProvider<EquatableArray<PlanName>> names = plans
            .Where(file => file.Plan != null)
            .Select((file, _) => new PlanName(ClassSource.FileName(file.Plan!), file.Path))
            .Collect()
            .Select((all, _) => new EquatableArray<PlanName>(all.OrderBy(n => n.Path, StringComparer.Ordinal)))
            .WithTrackingName(NamesStep);

        IncrementalValuesProvider<PlanOutput> outputs = plans.Combine(names).Select((pair, _) => PlanOutput.Of(pair.Left, pair.Right)).WithTrackingName(SourceStep);
        context.RegisterSourceOutput(outputs, (production, output) =>
        {
            foreach (Fault fault in output.Faults)
                production.ReportDiagnostic(Diagnostic.Create(Descriptors.All[fault.Id], output.Location, fault.Text));
            if (output.Source.Length > 0)
                production.AddSource(output.FileName, SourceText.From(output.Source, System.Text.Encoding.UTF8));
        });
    }
}
