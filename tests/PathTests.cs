namespace ModelBuild.Tests;

/// <summary>The tests of kernels once more for each path that kernels can take on this machine.</summary>
[TestClass]
public class PathTests
{
    public TestContext TestContext { get; set; } = null!;

    private static IEnumerable<object[]> Settings => InstructionSets.Settings;

    [TestMethod]
    [DynamicData(nameof(Settings))]
    public void Kernels_PassTheirTests_WhenInstructionsAreMissing(string without)
    {
        string paths = InstructionSets.RunAgain(without, $"TestCategory={InstructionSets.Kernels}").Single(line => line.StartsWith("floats", StringComparison.Ordinal));
        TestContext.WriteLine($"without {without}: {paths}{(paths == KernelPaths.Here ? ", no difference on this machine" : "")}");
    }

    [TestMethod]
    [TestCategory(InstructionSets.Kernels)]
    public void Instructions_AreMissing_WhenTheRuntimeIsToldToHideThem()
    {
        foreach (var (name, here) in InstructionSets.Switches)
            Assert.IsFalse(here && Environment.GetEnvironmentVariable("DOTNET_" + name) == "0", name);
        InstructionSets.Report(KernelPaths.Here);
    }
}
