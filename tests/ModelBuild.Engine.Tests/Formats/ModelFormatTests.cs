namespace ModelBuild.Engine.Tests;

[TestClass]
public class ModelFormatTests
{
    private static readonly string Digits = Path.Combine(Fixtures.Repository, "samples", "Digits", "models", "digits.onnx");

    [TestMethod]
    [DataRow("digits.onnx")]
    [DataRow("digits.ONNX")]
    [DataRow("digits")]
    [DataRow("digits.bin")]
    public void Of_KnowsAModel_ByItsFirstBytes(string name)
    {
        using var scratch = new Scratch();
        string file = scratch.Write(name, File.ReadAllBytes(Digits));
        Assert.AreEqual("ONNX", ModelFormat.Of(file).Name);
        Assert.HasCount(1, ModelFormat.Import(file, ImportOptions.None).Files);
    }

    [TestMethod]
    public void Of_NamesTheFormats_WhenNoneMatches()
    {
        using var scratch = new Scratch();
        string file = scratch.Write("model.txt", "no model"), folder = Path.GetDirectoryName(file)!;
        foreach (string path in (string[])[file, folder])
        {
            Diagnostic fault = Assert.ThrowsExactly<DiagnosticException>(() => ModelFormat.Import(path, ImportOptions.None)).Diagnostic;
            Assert.AreEqual(("MB2013", path), (fault.Id, fault.File));
            StringAssert.Contains(fault.Text, "valid: ONNX (.onnx)");
        }
    }

    [TestMethod]
    [DataRow("absent.onnx", null, "MB2001")]
    [DataRow("pointer.bin", "version https://git-lfs.github.com/spec/v1\noid sha256:0", "MB2003")]
    [DataRow("empty.onnx", "", "MB2002")]
    public void Of_SaysWhatIsThereInstead(string name, string? text, string id)
    {
        using var scratch = new Scratch();
        string file = text == null ? Path.Combine(scratch.Folder, name) : scratch.Write(name, text);
        Diagnostic fault = Assert.ThrowsExactly<DiagnosticException>(() => ModelFormat.Import(file, ImportOptions.None)).Diagnostic;
        Assert.AreEqual((id, file), (fault.Id, fault.File));
    }
}
