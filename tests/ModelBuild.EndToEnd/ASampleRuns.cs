using System.Runtime.InteropServices;

namespace ModelBuild.EndToEnd;

/// <summary>As somebody runs them who has just cloned the repository; the build of the solution has built them already.</summary>
[TestClass]
public class ASampleRuns
{
    [TestMethod]
    public void Digits()
    {
        string text = Run("Digits").Text;

        foreach (string digit in (string[])["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"])
            StringAssert.Matches(text, new($@"\b{digit} \d+ ?%"));
        StringAssert.Matches(text, new(@"size +50,274 → 1\d,\d{3} bytes \(\d\.\d× smaller\), quantize\(int8\)"));
        StringAssert.Matches(text, new(@"accuracy +9\d\.\d\d ?% → 9\d\.\d\d ?%; here 4[45]\d of 450 right"));
        StringAssert.Matches(text, new(@"time +\d+\.\d µs a call; ONNX Runtime takes \d+\.\d µs for the float model"));
        StringAssert.Matches(text, new(@"allocated +0 bytes in 1,000 calls"));
    }

    [TestMethod]
    public void ImageFeatures()
    {
        string text = Run("ImageFeatures").Text;

        StringAssert.Contains(text, "8 of 8 pictures are most similar to the other one of their subject.");
        StringAssert.Matches(text, new(@"size +63,653,533 → 1\d,\d{3},\d{3} bytes \(\d\.\d× smaller\), quantize\(int8\)"));
        StringAssert.Matches(text, new(@"time +\d+\.\d ms a picture on one thread"));
    }

    [TestMethod]
    public void KerasForecast()
    {
        string text = Run("KerasForecast").Text;

        StringAssert.Matches(text, new(@"error +0\.05\d an hour on 672 hours that it was not trained on; 0\.141 for"));
        StringAssert.Matches(text, new(@"size +1,\d{3} bytes, quantize\(fp16\)"));
        StringAssert.Contains(text, "allocated 0 bytes in 1,000 calls");
    }

    [TestMethod]
    public void NativeAot() => IsGood(Run("NativeAot").Text, code: "compiled just in time");

    [TestMethod]
    public void NativeAot_Published()
    {
        if (!OperatingSystem.IsWindows() && !File.Exists("/usr/bin/clang"))
            Assert.Inconclusive("no clang on this machine");
        string folder = Path.Combine(Packages.Root, "NativeAot");

        Output publish = Dotnet.Run(Packages.Repository, ["publish", Project("NativeAot"), "-c", Packages.Configuration, "-o", folder, "-nodeReuse:false", "-tl:off"]).Good();

        Assert.IsEmpty(publish.Warnings, publish.Text);
        string program = Path.Combine(folder, OperatingSystem.IsWindows() ? "NativeAot.exe" : "NativeAot");
        IsGood(Dotnet.Wait(Dotnet.Start(program, folder, [])).Good().Text, code: "native");
    }

    private static void IsGood(string text, string code)
    {
        // Less than the native program was told to use would be slow, and nothing else would show it.
        string bits = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? "(256|512)" : "128";
        StringAssert.Matches(text, new($"code +{code}, vectors of {bits} bits"));
        StringAssert.Matches(text, new(@"start +\d+\.\d ms to make the model and classify; \d+ ms since the process started"));
        StringAssert.Matches(text, new(@"accuracy +4[45]\d of 450 right"));
        StringAssert.Matches(text, new(@"allocated +0 bytes in 10,000 calls"));
    }

    private static Output Run(string sample) => Dotnet.Run(Packages.Repository, ["run", "--project", Project(sample), "-c", Packages.Configuration, "--no-build"]).Good();

    private static string Project(string sample) => Path.Combine(Packages.Repository, "samples", sample);
}
