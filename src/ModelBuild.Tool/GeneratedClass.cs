using System.Reflection;
using System.Runtime.Loader;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Emit;
using ModelBuild.Generator;

namespace ModelBuild.Tool;

/// <summary>The class that a build generates of a plan, compiled and loaded into this process, with its weights embedded beside it as in a user's assembly.</summary>
internal sealed class GeneratedClass : IDisposable
{
    private const string Caller = "ModelBuildCaller";

    private static readonly CSharpParseOptions Parsing = new(LanguageVersion.CSharp12, DocumentationMode.None);

    private static readonly CSharpCompilationOptions Compiling = new(
        OutputKind.DynamicallyLinkedLibrary, optimizationLevel: OptimizationLevel.Release, concurrentBuild: false, nullableContextOptions: NullableContextOptions.Enable);

    // All that generated code names, and what the runtime's own references lead to.
    private static readonly Lazy<MetadataReference[]> References = new(() =>
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => Path.GetFileName(path) is "System.Private.CoreLib.dll" or "System.Runtime.dll")
            .Append(typeof(ModelInfo).Assembly.Location)
            .Select(path => MetadataReference.CreateFromFile(path)),
    ]);

    private readonly AssemblyLoadContext _context;
    private readonly Assembly _assembly;

    private GeneratedClass(AssemblyLoadContext context, Assembly assembly)
    {
        _context = context;
        _assembly = assembly;
    }

    /// <param name="assembly">What <see cref="Compile"/> made.</param>
    /// <param name="unload">Whether it can go again. One that stays runs as it does in an app: it is compiled anew where it is hot.</param>
    public static GeneratedClass Load(byte[] assembly, bool unload)
    {
        var context = new AssemblyLoadContext("Generated", isCollectible: unload);
        return new GeneratedClass(context, context.LoadFromStream(new MemoryStream(assembly)));
    }

    /// <summary>One that stays, from its file, as in an app.</summary>
    public static GeneratedClass Load(string file)
    {
        var context = new AssemblyLoadContext("Generated");
        return new GeneratedClass(context, context.LoadFromAssemblyPath(file));
    }

    /// <summary>The class's assembly.</summary>
    /// <exception cref="Engine.DiagnosticException">MB4xxx: the plan gives no class.</exception>
    public static byte[] Compile(Plan plan, byte[] weights)
    {
        SyntaxTree[] sources = [CSharpSyntaxTree.ParseText(GeneratedSource.Of(plan), Parsing), CSharpSyntaxTree.ParseText(CallerSource(plan), Parsing)];
        using var image = new MemoryStream();
        EmitResult result = CSharpCompilation.Create("Generated", sources, References.Value, Compiling)
            .Emit(image, manifestResources: [new ResourceDescription(plan.Weights.Resource, () => new MemoryStream(weights), isPublic: true)]);
        if (!result.Success)
            throw new InvalidOperationException($"the generated class does not compile: {result.Diagnostics.First(d => d.Severity == DiagnosticSeverity.Error)}");
        return image.ToArray();
    }

    /// <summary>Of a number of threads, a new instance's <c>Run</c>: bytes of the inputs in, bytes of the outputs out.</summary>
    public Func<int, Action<byte[][], byte[][]>> New => _assembly.GetType(Caller)!.GetMethod("New")!.CreateDelegate<Func<int, Action<byte[][], byte[][]>>>();

    public void Dispose()
    {
        if (_context.IsCollectible)
            _context.Unload();
    }

    // Spans can't pass through reflection.
    private static string CallerSource(Plan plan)
    {
        var spans = new StringBuilder();
        foreach (var (tensors, array) in new[] { (plan.Inputs, "x"), (plan.Outputs, "y") })
        {
            for (int i = 0; i < tensors.Count; i++)
                spans.Append(spans.Length == 0 ? "" : ", ").Append($"global::System.Runtime.InteropServices.MemoryMarshal.Cast<byte, {new TensorModel(tensors[i], array == "x", plan.Class).Type}>({array}[{i}])");
        }
        string name = string.Join(".", plan.Namespace.Split('.').Append(plan.Class).Where(p => p.Length > 0).Select(p => "@" + p));
        return $$"""
            public static class {{Caller}}
            {
                public static global::System.Action<byte[][], byte[][]> New(int threads)
                {
                    var model = new global::{{name}}(threads);
                    return (x, y) => model.Run({{spans}});
                }
            }
            """;
    }
}
