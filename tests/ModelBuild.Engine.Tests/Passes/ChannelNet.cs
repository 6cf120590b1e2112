namespace ModelBuild.Engine.Tests;

/// <summary>A graph on x [1, 3, 6, 6] with seeded weights, some of them zero.</summary>
internal sealed class ChannelNet
{
    private readonly GraphBuilder _builder = new("dead");
    private readonly Random _random;

    public ChannelNet(int seed)
    {
        _random = new(seed);
        _builder.AddInput("x", new(ElementType.Float32, [1, 3, 6, 6]));
    }

    public static Tensor Random(Random random, float scale, params int[] shape) =>
        Tensor.Of(Shape.Of(shape), Enumerable.Range(0, shape.Aggregate(1, (a, b) => a * b)).Select(_ => scale * (random.NextSingle() - 0.5f)).ToArray());

    public string Add(string name, Op op, params string[] inputs) => _builder.Add(name, op, inputs);

    public string Constant(Shape shape, float[] values) => _builder.AddConstant(_builder.Fresh("c"), Tensor.Of(shape, values));

    public string Relu(string x) => Add("relu", new Relu(), x);

    public string Shuffle(string x)
    {
        Shape shape = _builder.Type(x).Shape;
        string apart = Add("apart", new Reshape(new([1, 2, shape[1] / 2, shape[2], shape[3]])), x);
        return Add("together", new Reshape(new([1, -1, shape[2], shape[3]])), Add("turned", new Transpose(new([0, 2, 1, 3, 4])), apart));
    }

    public string Half(string halves, int index) => Add("half", new Gather(), halves, _builder.AddConstant(_builder.Fresh("index"), Tensor.Scalar((long)index)));

    public string[] Split(string x, Split split)
    {
        string[] parts = [.. Enumerable.Range(0, split.Outputs).Select(i => _builder.Fresh($"part{i}"))];
        _builder.Add(new Node("split", split, new([x]), new(parts)));
        return parts;
    }

    /// <summary>Outputs that are <paramref name="dead"/> have no weights but <paramref name="bias"/>; for those in <paramref name="only"/> but the one input counts.</summary>
    public string Conv(string x, int outputs, int kernel, int pad = 0, int group = 1, int[]? dead = null, float? bias = null, int[]? unread = null, float weight = 0, bool biased = true, (int[] Outputs, int Input)? only = null)
    {
        int inputs = _builder.Type(x).Shape[1] / group, taps = kernel * kernel;
        float[] w = [.. Random(_random, 1, outputs, inputs, kernel, kernel).F32], b = [.. Random(_random, 1, outputs).F32];
        for (int m = 0; m < outputs; m++)
        {
            bool gone = dead?.Contains(m) == true;
            b[m] = gone || dead == null ? bias ?? b[m] : b[m];
            for (int i = 0; i < inputs * taps; i++)
            {
                int c = i / taps;
                if (gone || unread?.Contains(c) == true || (only is { } few && few.Outputs.Contains(m) && c != few.Input))
                    w[m * inputs * taps + i] *= weight;
            }
        }
        string weights = Constant([outputs, inputs, kernel, kernel], w);
        var op = new Conv(new([kernel, kernel]), new([1, 1]), new([1, 1]), new([pad, pad, pad, pad]), group);
        return biased ? Add("conv", op, x, weights, Constant([outputs], b)) : Add("conv", op, x, weights);
    }

    public string Gemm(string x, int outputs, int depth, int[]? dead = null, float bias = 0)
    {
        float[] w = [.. Random(_random, 1, outputs, depth).F32.ToArray().Select((v, i) => dead?.Contains(i / depth) == true ? 0 : v)];
        float[] b = [.. Random(_random, 1, outputs).F32.ToArray().Select((v, i) => dead?.Contains(i) == true ? bias : v)];
        return Add("gemm", new Gemm(TransB: true), x, Constant([outputs, depth], w), Constant([outputs], b));
    }

    public string MatMul(string x, int depth, int outputs, int[]? dead = null) =>
        Add("matmul", new MatMul(), x, Constant([depth, outputs], [.. Random(_random, 1, depth, outputs).F32.ToArray().Select((v, i) => dead?.Contains(i % outputs) == true ? 0 : v)]));

    /// <summary>Layers one after the other, of every kind, with dead channels anywhere.</summary>
    public Graph Anything()
    {
        string x = Conv("x", 6, 3, 1);
        for (int layer = 0; layer < 7; layer++)
        {
            int channels = _builder.Type(x).Shape[1], size = _builder.Type(x).Shape[2];
            int[] dead = [.. Enumerable.Range(0, channels).Where(_ => _random.Next(3) == 0)];
            float bias = _random.Next(3) - 1;
            x = _random.Next(10) switch
            {
                9 when channels % 2 == 0 => Shuffle(x),
                0 => Relu(Conv(x, channels, 1, 0, 1, dead, bias)),
                1 => Relu(Conv(x, channels, 3, 1, 1, dead, bias)),
                2 => Conv(x, channels, 3, size > 3 ? 0 : 1, channels, dead, bias),
                3 => Relu(Conv(x, channels, 3, 1, channels, dead, bias)),
                4 => Add("sum", new Add(), Conv(x, channels, 1, 0, 1, dead, bias), _random.Next(2) == 0 ? x : Conv(x, channels, 3, 1, 1, dead, 0.5f)),
                5 => Add("both", new Concat(1), Conv(x, 3, 1, unread: dead), Relu(Conv(x, 4, 1, 0, 1, [1, 2], bias))),
                6 => Add("average", new AveragePool(new([3, 3]), new([1, 1]), new([1, 1]), new([1, 1, 1, 1]), IncludePads: _random.Next(2) == 0), x),
                7 => Add("swish", new HardSwish(), Conv(x, channels, 1, 0, 1, dead, bias)),
                _ => Add("concat", new Concat(1), Split(x, new Split(2, 1, new([2, channels - 2])))[1], Conv(x, 3, 1, 0, 1, [0], bias)),
            };
        }
        return Finish([Gemm(Add("flat", new Flatten(), x), 5, _builder.Type(x).Shape.Size)]);
    }

    public Graph Finish(string[] outputs) => _builder.Build(outputs);
}
