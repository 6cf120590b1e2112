using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace ModelBuild.Engine.Tests;

/// <summary>Who knows whom, by the references of the built assemblies.</summary>
[TestClass]
public class ArchitectureTests
{
    [TestMethod]
    [DataRow("ModelBuild.Runtime", "net10.0", "")]
    [DataRow("ModelBuild.OnnxRuntime", "net10.0", "Microsoft.ML.OnnxRuntime ModelBuild.Runtime")]
    [DataRow("ModelBuild.Engine", "net10.0", "Google.FlatBuffers Google.Protobuf Microsoft.ML.OnnxRuntime ModelBuild.Runtime OxyPlot Sep")]
    [DataRow("ModelBuild.Tool", "net10.0", "Microsoft.CodeAnalysis Microsoft.CodeAnalysis.CSharp Microsoft.ML.OnnxRuntime ModelBuild.Engine ModelBuild.Runtime Google.Protobuf Spectre.Console Spectre.Console.Ansi System.CommandLine")]
    [DataRow("ModelBuild.Generator", "netstandard2.0", "Microsoft.CodeAnalysis Microsoft.CodeAnalysis.CSharp")]
    [DataRow("ModelBuild.Tasks", "netstandard2.0", "Microsoft.Build.Framework Microsoft.Build.Utilities.Core")]
    public void ARoom_KnowsNobodyElse(string project, string framework, string known)
    {
        string file = Path.Combine(Fixtures.Repository, "src", project, "bin", Configuration, framework, project == "ModelBuild.Tool" ? "modelbuild.dll" : $"{project}.dll");
        if (!File.Exists(file))
            Assert.Inconclusive($"{file} has not been built");
        using var reader = new PEReader(File.OpenRead(file));
        MetadataReader metadata = reader.GetMetadataReader();
        string[] references = [.. metadata.AssemblyReferences.Select(r => metadata.GetString(metadata.GetAssemblyReference(r).Name))];
        CollectionAssert.AreEqual(Array.Empty<string>(), references.Where(r => !IsPlatform(r) && !known.Split(' ').Contains(r)).ToArray());
    }

    [TestMethod]
    public void TheGenerator_NamesNoOperator()
    {
        string[] names = [.. OnnxOperators.All.Select(o => o.Name).Where(n => n.Length > 5), .. typeof(Generated.Kernels).GetMethods().Select(m => m.Name).Where(n => n is not ("GetType" or "ToString" or "Equals" or "GetHashCode"))];
        foreach (string file in Directory.EnumerateFiles(Path.Combine(Fixtures.Repository, "src", "ModelBuild.Generator"), "*.cs", SearchOption.AllDirectories).Where(f => !f.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}")))
        {
            string text = File.ReadAllText(file);
            CollectionAssert.AreEqual(Array.Empty<string>(), names.Where(n => text.Contains($"\"{n}\"", StringComparison.Ordinal)).ToArray(), file);
        }
    }

    [TestMethod]
    public void OperatorsAndFormats_KnowNoPass()
    {
        foreach (string folder in (string[])["Ops", "Formats", "Graph"])
        {
            foreach (string file in Directory.EnumerateFiles(Path.Combine(Fixtures.Repository, "src", "ModelBuild.Engine", folder), "*.cs", SearchOption.AllDirectories))
                CollectionAssert.AreEqual(Array.Empty<string>(), PassTable.Rows.Select(r => r.Constructor.DeclaringType!.Name).Where(n => File.ReadAllText(file).Contains(n, StringComparison.Ordinal)).ToArray(), file);
        }
    }

    private static string Configuration => AppContext.BaseDirectory.Contains($"{Path.DirectorySeparatorChar}Release{Path.DirectorySeparatorChar}") ? "Release" : "Debug";

    private static bool IsPlatform(string name) => name.StartsWith("System.", StringComparison.Ordinal) && name != "System.CommandLine" || name is "netstandard" or "mscorlib" or "System";
}
