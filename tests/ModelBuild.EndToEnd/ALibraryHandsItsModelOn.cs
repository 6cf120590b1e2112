using System.IO.Compression;

namespace ModelBuild.EndToEnd;

[TestClass]
public class ALibraryHandsItsModelOn
{
    private const string Runtime = "<PackageReference Include=\"ModelBuild.Runtime\" Version=\"0.1.0\" />";

    [TestMethod]
    public void ByAPackage_WithTheRuntimeAlone()
    {
        Scratch library = Library();
        library.Replace("Lib.csproj", Scratch.Reference, Scratch.Reference.Replace(" />", " PrivateAssets=\"all\" />") + Runtime);

        library.Dotnet("pack", "-o", library.At("feed"), "-nodeReuse:false", "-tl:off").Good();

        using (ZipArchive package = ZipFile.OpenRead(library.At("feed/Lib.1.0.0.nupkg")))
        using (var nuspec = new StreamReader(package.GetEntry("Lib.nuspec")!.Open()))
        {
            string text = nuspec.ReadToEnd();
            StringAssert.Contains(text, "\"ModelBuild.Runtime\"");
            Assert.IsFalse(text.Contains("\"ModelBuild\""), text);
        }
        Scratch app = Consumer("<PackageReference Include=\"Lib\" Version=\"1.0.0\" />");
        app.Write("nuget.config", $"""<configuration><packageSources><add key="lib" value="{library.At("feed")}" /></packageSources></configuration>""");
        app.Build().Good();
        Assert.AreEqual("4.5", app.Run().Good().Text.Trim());
    }

    [TestMethod]
    public void ByAProjectReference()
    {
        Scratch library = Library();

        Scratch app = Consumer($"<ProjectReference Include=\"{library.Project}\" />");

        app.Build().Good();
        Assert.AreEqual("4.5", app.Run().Good().Text.Trim());
    }

    [TestMethod]
    public void AndIsToldHow_WhenItWouldHandOnTheTool()
    {
        Scratch library = Library();

        Output output = library.Dotnet("pack", "-nodeReuse:false", "-tl:off").Bad();

        StringAssert.Contains(output.Text, "MB1106");
        StringAssert.Contains(output.Text, "PrivateAssets=\"all\"");
        StringAssert.Contains(output.Text, Runtime);
    }

    private static Scratch Library([System.Runtime.CompilerServices.CallerMemberName] string test = "")
    {
        Scratch library = Scratch.New("Lib", Path.Combine(test, "Lib"));
        library.Write("Lib.csproj", $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <TargetFramework>net10.0</TargetFramework>
              </PropertyGroup>
              <ItemGroup>
                {Scratch.Reference}
                <Model Include="tiny.onnx" />
              </ItemGroup>
            </Project>
            """);
        library.Write("Tiny.cs", "namespace Lib; public partial class Tiny;");
        TinyModel.Write(library.At("tiny.onnx"));
        return library;
    }

    private static Scratch Consumer(string reference, [System.Runtime.CompilerServices.CallerMemberName] string test = "")
    {
        Scratch app = Scratch.New("Consumer", Path.Combine(test, "Consumer"));
        app.Write("Consumer.csproj", $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <TargetFramework>net10.0</TargetFramework>
                <OutputType>Exe</OutputType>
              </PropertyGroup>
              <ItemGroup>
                {reference}
              </ItemGroup>
            </Project>
            """);
        app.Write("Program.cs", "float[] y = new float[3]; new Lib.Tiny().Run([1, 1, 1, 1], y); System.Console.WriteLine(y[0].ToString(System.Globalization.CultureInfo.InvariantCulture));");
        return app;
    }
}
