namespace ModelBuild.Engine;

/// <summary>What a gate of a recurrent layer may apply, by the kernels' numbers.</summary>
internal enum CellKind { Sigmoid, Tanh, Relu, Affine, LeakyRelu, ThresholdedRelu, ScaledTanh, HardSigmoid, Elu, Softsign, Softplus }

/// <summary>A gate's function. <paramref name="Alpha"/> and <paramref name="Beta"/> are those of ONNX's operator of the name: Affine αx + β, ScaledTanh α·tanh(βx).</summary>
internal readonly record struct CellFunction(CellKind Kind, float Alpha = 0, float Beta = 0)
{
    public static CellFunction Sigmoid => new(CellKind.Sigmoid);

    public static CellFunction Tanh => new(CellKind.Tanh);

    /// <summary>Whether the function has an alpha and a beta, and what these are unless said.</summary>
    public static (float? Alpha, float? Beta) Defaults(CellKind kind) => kind switch
    {
        CellKind.Affine => (1, 0),
        CellKind.LeakyRelu => (0.01f, null),
        CellKind.ThresholdedRelu or CellKind.Elu => (1, null),
        CellKind.ScaledTanh => (1, 1),
        CellKind.HardSigmoid => (0.2f, 0.5f),
        _ => (null, null),
    };

    public double Apply(double x) => Kind switch
    {
        CellKind.Sigmoid => 1 / (1 + Math.Exp(-x)),
        CellKind.Tanh => Math.Tanh(x),
        CellKind.Relu => Math.Max(0, x),
        CellKind.Affine => Alpha * x + Beta,
        CellKind.LeakyRelu => x < 0 ? Alpha * x : x,
        CellKind.ThresholdedRelu => x > Alpha ? x : 0,
        CellKind.ScaledTanh => Alpha * Math.Tanh(Beta * x),
        CellKind.HardSigmoid => Math.Clamp(Alpha * x + Beta, 0, 1),
        CellKind.Elu => x < 0 ? Alpha * (Math.Exp(x) - 1) : x,
        CellKind.Softsign => x / (1 + Math.Abs(x)),
        _ => Math.Log(1 + Math.Exp(-Math.Abs(x))) + Math.Max(0, x),
    };

    /// <summary>A kernel's arguments for a function of this name; none where it is the one that the kernel has unless told.</summary>
    public IEnumerable<(string, object?)> Arguments(string name, CellFunction otherwise) =>
        this == otherwise ? [] : [(name, (int)Kind), (name + "Alpha", Alpha), (name + "Beta", Beta)];
}
