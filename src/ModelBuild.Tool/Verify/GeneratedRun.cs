using ModelBuild.Engine;

namespace ModelBuild.Tool;

/// <summary>Runs a model as the class that is generated of it.</summary>
internal static class GeneratedRun
{
    public static IReadOnlyList<Tensor[]> Run(Emitted emitted, IReadOnlyList<Tensor[]> samples)
    {
        using GeneratedClass generated = GeneratedClass.Load(GeneratedClass.Compile(emitted.Plan, emitted.Weights), unload: true);
        Action<byte[][], byte[][]> run = generated.New(1);
        TensorType[] types = [.. emitted.Plan.Outputs.Select(o => new TensorType(CallCompiler.Element(o), Shape.Of(o.Shape)))];
        return [.. samples.Select(sample =>
        {
            byte[][] outputs = [.. types.Select(t => new byte[t.Bytes])];
            run([.. sample.Select(t => t.Bytes.ToArray())], outputs);
            return types.Zip(outputs, (type, bytes) => new Tensor(type, bytes)).ToArray();
        })];
    }
}
