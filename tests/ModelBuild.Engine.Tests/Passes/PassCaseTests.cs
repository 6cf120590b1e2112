using System.Globalization;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using ModelBuild.Tests;

namespace ModelBuild.Engine.Tests;

/// <summary>
/// Each step on the model of samples/Digits: a folder of Cases/Passes has a recipe and what becomes of the layers, their kernels, stored forms, bytes and zeros. A step without a folder
/// fails.
/// </summary>
[TestClass]
public class PassCaseTests
{
    private static readonly string Digits = Path.Combine(Fixtures.Repository, "samples", "Digits");

    public static IEnumerable<object[]> Names => Directory.GetDirectories(Path.Combine(Golden.Cases, "Passes")).Select(d => new object[] { Path.GetFileName(d) }).OrderBy(d => (string)d[0], StringComparer.Ordinal);

    [TestMethod]
    [DynamicData(nameof(Names))]
    public void Step_MakesWhatTheCaseFolderSays(string name)
    {
        if (!Fma.IsSupported && !AdvSimd.IsSupported)
            Assert.Inconclusive("weights are solved for on what float kernels compute, and without fused multiply–add those differ in their last digits");
        string recipe = File.ReadAllText(Path.Combine(Golden.Cases, "Passes", name, "recipe.txt")).Trim();
        StringAssert.Contains(recipe, name.Split(' ')[0], "a folder is called as its step");
        CompileResult result = Compiler.Compile(new(Path.Combine(Digits, "models", "digits.onnx"), "Digits", "Samples", recipe, Path.Combine(Digits, "data", "digits.npz[0..300]"), Scale: "1/16"), CancellationToken.None);
        Report report = Report.Parse(result.Files["report.json"]);
        IEnumerable<string> lines =
        [
            .. report.Steps.Select(s => string.Create(CultureInfo.InvariantCulture, $"{s.Step}: {s.Nodes} nodes, {s.Stored ?? s.Bytes:N0} bytes")), "",
            .. report.Layers.Select(l => string.Create(CultureInfo.InvariantCulture, $"{l.Name}: {l.Kernel}, {(l.Stored.Length == 0 ? "as it is read" : l.Stored)}, {l.BytesBefore:N0} → {l.Bytes:N0} bytes, {Report.Percent(l.Zeros)} zeros, {l.Macs:N0} MACs")),
        ];
        Golden.Compare(string.Join('\n', lines) + "\n", "Passes", name, "layers.txt");
    }

    [TestMethod]
    public void EachStep_HasAFolder() =>
        CollectionAssert.AreEqual(Array.Empty<string>(), PassTable.Rows.Select(r => r.Form.Length == 0 ? r.Name : $"{r.Name} {r.Form}").Except(Names.Select(n => (string)n[0])).ToArray());
}
