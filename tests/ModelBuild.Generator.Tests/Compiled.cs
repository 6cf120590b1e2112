using System.Collections.Immutable;
using System.Reflection;
using System.Runtime.Loader;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;

namespace ModelBuild.Generator.Tests;

/// <summary>A project in memory: plans and C# in, the generator run by the compiler, an assembly or diagnostics out.</summary>
internal static class Compiled
{
    public static readonly CSharpParseOptions Parsing = new(LanguageVersion.CSharp12, DocumentationMode.Diagnose);

    private static readonly MetadataReference[] References =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => Path.GetFileName(path).StartsWith("System.", StringComparison.Ordinal) || Path.GetFileName(path) is "ModelBuild.Runtime.dll" or "ModelBuild.OnnxRuntime.dll" or "Microsoft.ML.OnnxRuntime.dll")
            .Select(path => MetadataReference.CreateFromFile(path)),
    ];

    public static CSharpCompilation Compilation(params string[] sources) => CSharpCompilation.Create(
        "Consumer", sources.Select(s => CSharpSyntaxTree.ParseText(s, Parsing)), References,
        new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable, warningLevel: 9999, checkOverflow: true));

    public static GeneratorDriver Driver(params AdditionalText[] plans) => CSharpGeneratorDriver.Create(
        [new ModelBuildGenerator().AsSourceGenerator()], plans, Parsing, driverOptions: new(IncrementalGeneratorOutputKind.None, trackIncrementalGeneratorSteps: true));

    public static GeneratorRunResult Generate(params AdditionalText[] plans) => Driver(plans).RunGenerators(Compilation()).GetRunResult().Results.Single();

    /// <summary>What a compiler that treats warnings as errors would say.</summary>
    public static ImmutableArray<Diagnostic> Diagnostics(string[] sources, params AdditionalText[] plans)
    {
        Driver(plans).RunGeneratorsAndUpdateCompilation(Compilation(sources), out Compilation output, out ImmutableArray<Diagnostic> diagnostics);
        return [.. diagnostics, .. output.GetDiagnostics().Where(d => d.Severity >= DiagnosticSeverity.Warning)];
    }

    /// <summary>Compiles and loads; the resource is embedded under the name that the plan gives.</summary>
    public static Assembly Load(PlanFileText plan, byte[] weights, string caller, bool optimize = false)
    {
        CSharpCompilation consumer = Compilation(caller);
        consumer = consumer.WithOptions(consumer.Options.WithOptimizationLevel(optimize ? OptimizationLevel.Release : OptimizationLevel.Debug));
        Driver(plan).RunGeneratorsAndUpdateCompilation(consumer, out Compilation output, out _);
        using var image = new MemoryStream();
        var result = output.Emit(image, manifestResources: [new ResourceDescription(plan.Plan.Weights.Resource, () => new MemoryStream(weights), isPublic: true)]);
        Assert.IsTrue(result.Success, string.Join('\n', result.Diagnostics));
        image.Position = 0;
        var context = new AssemblyLoadContext("Consumer", isCollectible: true);
        context.Resolving += (_, name) => name.Name == "ModelBuild.Runtime" ? typeof(ModelInfo).Assembly : null;
        return context.LoadFromStream(image);
    }
}

/// <summary>A plan as a file that the compiler is given.</summary>
internal sealed class PlanFileText(string path, string text) : AdditionalText
{
    public override string Path { get; } = path;

    public string Text { get; } = text;

    public Plan Plan => PlanText.Parse(Text);

    public override SourceText GetText(CancellationToken cancellationToken = default) => SourceText.From(Text, Encoding.UTF8);
}
