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
    public void Expansions_ArePrintedWithSizesAndForm()
    {
        PlanFileText plan = new("shift.plan", Plan("Shift").Text.Replace("expand \"shift.bias\" MaskF32 64 0 3", "expand \"w\" BitsGrid 64 0 9 Winograd4 1 1 32 1\nexpand \"v\" BitsI8 90 128 9 Winograd2I16\nexpand \"b\" I24 99 256 3"));
        Assert.AreEqual("", string.Join('\n', Compiled.Diagnostics([], plan)));
        string source = Compiled.Generate(plan).GeneratedSources[0].SourceText.ToString();
        StringAssert.Contains(source, "block.BitsGrid(from: 64, to: 0, elements: 9, 1, 1, 32, 1, form: global::ModelBuild.Generated.WeightsForm.Winograd4);");
        StringAssert.Contains(source, "block.BitsI8(from: 90, to: 128, elements: 9, form: global::ModelBuild.Generated.WeightsForm.Winograd2I16);");
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
