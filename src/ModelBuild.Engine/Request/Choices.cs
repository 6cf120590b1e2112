namespace ModelBuild.Engine;

/// <summary>What stored weights are to be: the fewest bytes, expanded once per process where that differs from what kernels read; or as kernels read them, so that nothing is expanded.</summary>
internal enum Optimize { Size, Speed }

/// <summary>How far float kernels may stray from the plain order of a sum: not at all; by Winograd's F(2×2, 3×3), about as accurate; by F(4×4, 3×3), some 1e-5 of the largest value.</summary>
internal enum Numerics { Strict, Default, Fast }

/// <summary>Who runs the model inside the class: our kernels, or ONNX Runtime.</summary>
internal enum Backend { ModelBuild, OnnxRuntime }

/// <summary>Metadata that is one word of a few.</summary>
internal static class Choices
{
    public static Optimize Optimize(CompileRequest request) => Read(request, nameof(CompileRequest.Optimize), request.Optimize, ModelBuild.Engine.Optimize.Size);

    public static Numerics Numerics(CompileRequest request) => Read(request, nameof(CompileRequest.Numerics), request.Numerics, ModelBuild.Engine.Numerics.Default);

    public static Backend Backend(CompileRequest request) => Read(request, nameof(CompileRequest.Backend), request.Backend, ModelBuild.Engine.Backend.ModelBuild);

    /// <summary>Null where the item says nothing.</summary>
    public static ImageLayout? Layout(CompileRequest request) => string.IsNullOrWhiteSpace(request.Layout) ? null : Read(request, nameof(CompileRequest.Layout), request.Layout, default(ImageLayout));

    public static bool Measure(CompileRequest request) =>
        string.IsNullOrWhiteSpace(request.Measure) ? false
        : bool.TryParse(request.Measure, out bool measure) ? measure
        : throw Diagnostics.Metadata(request.Site, nameof(CompileRequest.Measure), request.Measure, "true or false");

    private static T Read<T>(CompileRequest request, string metadata, string text, T otherwise) where T : struct, Enum
    {
        string[] words = Enum.GetNames<T>();
        return string.IsNullOrWhiteSpace(text) ? otherwise
            : words.FirstOrDefault(w => w.Equals(text.Trim(), StringComparison.OrdinalIgnoreCase)) is { } word ? Enum.Parse<T>(word)
            : throw Diagnostics.Metadata(request.Site, metadata, text, $"{string.Join(" or ", words)}{Near.Hint(text, words)}");
    }
}
