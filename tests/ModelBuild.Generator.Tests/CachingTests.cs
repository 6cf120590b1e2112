using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace ModelBuild.Generator.Tests;

[TestClass]
public class CachingTests
{
    private static readonly string[] Steps = [ModelBuildGenerator.PlanStep, ModelBuildGenerator.NamesStep, ModelBuildGenerator.SourceStep];

    private static IncrementalStepRunReason[] Reasons(GeneratorDriver driver, params string[] steps) =>
        [.. steps.SelectMany(step => driver.GetRunResult().Results.Single().TrackedSteps[step].SelectMany(run => run.Outputs.Select(o => o.Reason)))];

    [TestMethod]
    public void EveryStep_IsCached_WhenAnUnrelatedFileChanges()
    {
        GeneratorDriver driver = Compiled.Driver(GoldenTests.Plan("Shift"), GoldenTests.Plan("TwoHeads")).RunGenerators(Compiled.Compilation("class A;"));
        driver = driver.RunGenerators(Compiled.Compilation("class A { int x; }"));
        CollectionAssert.AreEqual(Enumerable.Repeat(IncrementalStepRunReason.Cached, 5).ToArray(), Reasons(driver, Steps));
    }

    [TestMethod]
    public void Plan_IsUnchangedAndSourceCached_WhenTheFileIsWrittenAnewWithTheSameText()
    {
        PlanFileText plan = GoldenTests.Plan("Shift");
        GeneratorDriver driver = Compiled.Driver(plan).RunGenerators(Compiled.Compilation());
        driver = driver.ReplaceAdditionalText(plan, new PlanFileText(plan.Path, plan.Text)).RunGenerators(Compiled.Compilation());
        CollectionAssert.AreEqual(new[] { IncrementalStepRunReason.Unchanged }, Reasons(driver, ModelBuildGenerator.PlanStep));
        CollectionAssert.AreEqual(new[] { IncrementalStepRunReason.Cached }, Reasons(driver, ModelBuildGenerator.SourceStep));
    }

    [TestMethod]
    public void OnlyTheChangedModel_IsWrittenAnew_WhenThereAreTwo()
    {
        PlanFileText shift = GoldenTests.Plan("Shift"), other = GoldenTests.Plan("TwoHeads");
        GeneratorDriver driver = Compiled.Driver(shift, other).RunGenerators(Compiled.Compilation());
        driver = driver.ReplaceAdditionalText(shift, new PlanFileText(shift.Path, shift.Text.Replace("scratch 128", "scratch 256"))).RunGenerators(Compiled.Compilation());
        CollectionAssert.AreEqual(new[] { IncrementalStepRunReason.Modified, IncrementalStepRunReason.Cached }, Reasons(driver, ModelBuildGenerator.SourceStep));
    }

    [TestMethod]
    public void Generator_IgnoresOtherAdditionalFiles()
    {
        GeneratorRunResult result = Compiled.Generate(new PlanFileText("/project/settings.json", "{}"));
        Assert.IsEmpty(result.GeneratedSources);
        Assert.IsEmpty(result.Diagnostics);
    }
}
