using ModelBuild.Benchmarks;

namespace ModelBuild.Engine.Tests;

/// <summary>Files of results, and the table that the README has of them.</summary>
[TestClass]
public class ResultsTests
{
    private static readonly Results Sample = new("A (family 1 model 2)", "2 cores",
    [
        new("small", "float", 1, 0.125, 1.5, 0.083, 0.08, 0.09, 0, 12_345, 23_456, 1.2E-7),
        new("small", "prune(50%) | quantize(int8)", 1, 123.4, 200, 0.617, 0.6, 0.63, 0, 12_345, 23_456, 0.012),
        new("small", "quantize(int8)", 1, 12_345, 10_000, 1.235, 1.2, 1.3, 16, 100, 200, 0.01),
        new("--builtin large", "float", 2, 5, null, null, null, null, 0, 1, null, null),
    ]);

    [TestMethod]
    public void Parse_ReadsWhatWasWritten()
    {
        Results read = Results.Parse(Sample.Text());
        Assert.AreEqual((Sample.Cpu, Sample.Facts), (read.Cpu, read.Facts));
        CollectionAssert.AreEqual(Sample.Rows.ToArray(), read.Rows.ToArray());
    }

    [TestMethod]
    public void Of_PutsFloatAndInt8SideBySide() => Assert.AreEqual("""
        A (family 1 model 2); 2 cores

        | model | float | int8 | float, 2 threads |
        |---|---:|---:|---:|
        | small | 0.08 | 1.24 |  |
        | small, prune(50%) \| quantize(int8) | 0.62 |  |  |
        | `--builtin large` |  |  |  |

        """.ReplaceLineEndings("\n"), SpeedTable.Of(Sample));
}
