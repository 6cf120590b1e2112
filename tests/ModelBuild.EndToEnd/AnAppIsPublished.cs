using System.Runtime.InteropServices;

namespace ModelBuild.EndToEnd;

[TestClass]
public class AnAppIsPublished
{
    [TestMethod]
    public void AsASingleFile() => Publish("<PublishSingleFile>true</PublishSingleFile><SelfContained>false</SelfContained>");

    [TestMethod]
    public void AsNativeCode()
    {
        if (!OperatingSystem.IsWindows() && !File.Exists("/usr/bin/clang"))
            Assert.Inconclusive("no clang on this machine");
        Output output = Publish("<PublishAot>true</PublishAot>");
        bool x64 = RuntimeInformation.OSArchitecture == Architecture.X64;
        CollectionAssert.AreEqual(x64 ? new[] { "MB1107" } : [], output.Warnings.Select(w => w.Contains("MB1107") ? "MB1107" : w).ToArray(), output.Text);
    }

    [TestMethod]
    public void AsNativeCode_WithInstructionsNamed()
    {
        if (RuntimeInformation.OSArchitecture != Architecture.X64 || (!OperatingSystem.IsWindows() && !File.Exists("/usr/bin/clang")))
            Assert.Inconclusive("no x64 machine with clang");
        Assert.IsEmpty(Publish("<PublishAot>true</PublishAot><IlcInstructionSet>x86-64-v3</IlcInstructionSet>").Warnings);
    }

    [TestMethod]
    public void AndIsToldOfInstructions_OnlyWhereTheyCanBeNamed()
    {
        Scratch app = Scratch.App();
        app.Dotnet("restore").Good();

        foreach (var (runtime, property, told) in ((string, string, bool)[])
        [
            ("linux-x64", "", true), ("win-x64", "", true), ("linux-x64", "IlcInstructionSet=native", false),
            ("linux-x64", "NoWarn=MB1107", false), ("linux-x64", "MSBuildWarningsAsMessages=MB1107", false),
            ("linux-arm64", "", false), ("android-x64", "", false), ("linux-bionic-x64", "", false), ("iossimulator-x64", "", false),
        ])
        {
            string[] properties = [.. new[] { "PublishAot=true", $"RuntimeIdentifier={runtime}", property }.Where(p => p.Length > 0).Select(p => $"-p:{p}")];
            Output output = app.Dotnet("msbuild", ["-t:ModelBuildCheckInstructionSet", .. properties, "-nodeReuse:false", "-tl:off"]).Good();
            Assert.AreEqual(told, output.Warnings.Any(w => w.Contains("MB1107")), $"{runtime} {property}: {output.Text}");
        }
    }

    private static Output Publish(string properties, [System.Runtime.CompilerServices.CallerMemberName] string test = "")
    {
        Scratch app = Scratch.App(properties: properties + $"<RuntimeIdentifier>{RuntimeInformation.RuntimeIdentifier}</RuntimeIdentifier>", folder: test);

        Output output = app.Dotnet("publish", "-o", app.At("out"), "-nodeReuse:false", "-tl:off").Good();

        string program = app.At(OperatingSystem.IsWindows() ? "out/App.exe" : "out/App");
        Assert.AreEqual("4.500 8.500 12.500", Dotnet.Wait(Dotnet.Start(program, app.Folder, [])).Good().Text.Trim());
        return output;
    }
}
