using Microsoft.CodeAnalysis;
using ModelBuild.Tests;

namespace ModelBuild.Generator.Tests;

[TestClass]
public class GoldenTests
{
    public static IEnumerable<object[]> Names => Directory.GetDirectories(Path.Combine(Golden.Cases, "Generator")).Select(d => new object[] { Path.GetFileName(d) }).OrderBy(d => (string)d[0], StringComparer.Ordinal);

    internal static PlanFileText Plan(string name)
    {
        string file = Directory.GetFiles(Path.Combine(Golden.Cases, "Generator", name), "*.plan").Single();
        return new(file, File.ReadAllText(file).ReplaceLineEndings("\n"));
    }

    [TestMethod]
    [DynamicData(nameof(Names))]
    public void Generator_WritesTheClassInTheCaseFolder(string name)
    {
        GeneratorRunResult result = Compiled.Generate(Plan(name));
        Assert.AreEqual("", string.Join('\n', result.Diagnostics));
        Golden.Compare(result.GeneratedSources.Single().SourceText.ToString(), "Generator", name, name + ".g.cs");
    }

    [TestMethod]
    [DynamicData(nameof(Names))]
    public void GeneratedClass_CompilesWithoutAWarning(string name)
    {
        Plan plan = Plan(name).Plan;
        string half = $"{(plan.Namespace.Length > 0 ? $"namespace {plan.Namespace};" : "")} /// <summary>.</summary>\npublic partial class {plan.Class};";
        Assert.AreEqual("", string.Join('\n', Compiled.Diagnostics([half], Plan(name))));
        Assert.AreEqual("", string.Join('\n', Compiled.Diagnostics([], Plan(name))));
    }

    [TestMethod]
    [DynamicData(nameof(Names))]
    public void Identifiers_AreThoseOfTheCase(string name)
    {
        Plan plan = Plan(name).Plan;
        foreach (PlanTensor tensor in plan.Inputs)
            Assert.AreEqual(Identifiers.Input(tensor.Name, plan.Class), tensor.Identifier);
        foreach (PlanTensor tensor in plan.Outputs)
            Assert.AreEqual(Identifiers.Output(tensor.Name, plan.Class), tensor.Identifier);
    }
}
