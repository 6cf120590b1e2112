using System.Linq;

namespace ModelBuild.Generator;

/// <summary>What differs in a class whose model ONNX Runtime runs: how an instance is made, and what a call does.</summary>
internal static class SessionMembers
{
    private const string Options = "global::Microsoft.ML.OnnxRuntime.SessionOptions";

    public static void Construction(SourceWriter source, ClassModel model)
    {
        source.Summary("Opens the model in ONNX Runtime. One instance serves a whole process, and its session lives as long as it does.");
        source.Parameter("threads", "How many threads one call may use.");
        source.Line("/// <exception cref=\"global::System.InvalidOperationException\">The model is missing, or belongs to another build than this class.</exception>");
        source.Line("/// <exception cref=\"global::Microsoft.ML.OnnxRuntime.OnnxRuntimeException\">ONNX Runtime does not take the model, or the options.</exception>");
        source.Call($"public {model.Plan.Class}(int threads = 1) => _arenas = new",
        [
            "s_weights", $"scratchBytes: {Literals.Number(model.ArenaBytes)}", "threads", "inputs: " + Tensors(model.Inputs), "outputs: " + Tensors(model.Outputs),
            "configure: static options => ConfigureSession(options)",
        ]);
        source.Line();
        source.Summary("What ONNX Runtime is to be told before it opens the model, such as execution providers: implement it in your half of the class.");
        source.Parameter("options", "All optimizations, operators one after the other, and as many threads as the instance may use.");
        source.Line($"static partial void ConfigureSession({Options} options);");
    }

    public static void Compute(SourceWriter source, ClassModel model)
    {
        string frame = model.Local("frame");
        source.Method("private static void Compute", model.Tensors.Select(t => t.Span + " " + t.Parameter).Prepend($"in {ClassSource.Runtime}OnnxFrame {frame}"), () =>
        {
            for (int i = 0; i < model.Inputs.Length; i++)
                source.Line($"{frame}.Write<{model.Inputs[i].Type}>({Literals.Number(i)}, {model.Inputs[i].Parameter});");
            source.Line($"{frame}.Run();");
            for (int i = 0; i < model.Outputs.Length; i++)
                source.Line($"{frame}.Read<{model.Outputs[i].Type}>({Literals.Number(i)}, {model.Outputs[i].Parameter});");
        });
    }

    private static string Tensors(TensorModel[] tensors) => "[" + string.Join(", ", tensors.Select(t => $"{ClassSource.Runtime}OnnxTensor.Of<{t.Type}>({t.Member}.Name, {t.Member}.Shape)")) + "]";
}
