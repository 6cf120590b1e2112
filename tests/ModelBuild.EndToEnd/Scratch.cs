using System.Runtime.CompilerServices;

namespace ModelBuild.EndToEnd;

/// <summary>A project in a folder of its own, as somebody would write it who has read the README.</summary>
internal sealed class Scratch
{
    public const string Reference = "<PackageReference Include=\"ModelBuild\" Version=\"0.1.0\" />";

    private Scratch(string folder, string name)
    {
        Folder = folder;
        Project = Path.Combine(folder, name + ".csproj");
        Directory.CreateDirectory(folder);
    }

    public string Folder { get; }

    public string Project { get; }

    /// <summary>An app that prints what its model makes of ones.</summary>
    public static Scratch App(string items = "<Model Include=\"tiny.onnx\" />", string properties = "", string? folder = null, [CallerMemberName] string test = "")
    {
        Scratch scratch = New("App", folder ?? test);
        scratch.Write("App.csproj", $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <TargetFramework>net10.0</TargetFramework>
                <OutputType>Exe</OutputType>
                {properties}
              </PropertyGroup>
              <ItemGroup>
                {Reference}
                {items}
              </ItemGroup>
            </Project>
            """);
        scratch.Write("Program.cs", """
            float[] x = [1, 1, 1, 1], y = new float[3];
            new App.Tiny().Run(x, y);
            System.Console.WriteLine(string.Join(" ", System.Linq.Enumerable.Select(y, v => v.ToString("0.000", System.Globalization.CultureInfo.InvariantCulture))));
            """);
        TinyModel.Write(scratch.At("tiny.onnx"));
        return scratch;
    }

    /// <summary>An empty folder for a project of this name.</summary>
    public static Scratch New(string name, [CallerMemberName] string folder = "") => new(Path.Combine(Packages.Root, "scratch", folder), name);

    public string At(string file) => Path.Combine(Folder, file);

    public void Write(string file, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(At(file))!);
        File.WriteAllText(At(file), text);
    }

    /// <summary>Writes the file again with each <paramref name="old"/> replaced, at a time that differs.</summary>
    public void Replace(string file, string old, string @new)
    {
        string text = File.ReadAllText(At(file));
        StringAssert.Contains(text, old);
        File.WriteAllText(At(file), text.Replace(old, @new));
    }

    public Output Build(params string[] arguments) => Dotnet("build", [Project, "-nodeReuse:false", "-tl:off", .. arguments]);

    public Output Run() => Dotnet("run", ["--project", Project, "--no-build"]);

    public Output Dotnet(string command, params string[] arguments) => EndToEnd.Dotnet.Run(Folder, [command, .. arguments]);

    /// <summary>The one file of this extension among the model's files in obj.</summary>
    public string Made(string extension, string under = "obj/Debug/net10.0/modelbuild") => Directory.GetFiles(At(under), "*" + extension, SearchOption.AllDirectories).Single();

    /// <summary>How often the tool was asked: the time of the last, whether the cache answered or not.</summary>
    public DateTime Asked() => File.GetLastWriteTimeUtc(Made(".stamp"));

    /// <summary>How many results were computed, over all builds.</summary>
    public int Compiled(string cache = "obj/modelbuild-cache") => Directory.GetFiles(At(cache), "ok", SearchOption.AllDirectories).Length;
}
