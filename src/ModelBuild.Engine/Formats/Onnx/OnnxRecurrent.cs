namespace ModelBuild.Engine;

/// <summary>Reads and writes layers with a memory.</summary>
internal static class OnnxRecurrent
{
    private const int Lengths = 4;

    public static Op? Lstm(OnnxNode n) => Add(n, 2, LSTM.Usual, (hidden, direction, functions, clip, layout) => new LSTM(hidden, direction, functions, clip, layout, n.Flag("input_forget")));

    public static Op? Gru(OnnxNode n) => Add(n, 1, GRU.Usual, (hidden, direction, functions, clip, layout) => new GRU(hidden, direction, functions, clip, layout, n.Flag("linear_before_reset")));

    public static Op? Rnn(OnnxNode n) => Add(n, 1, RNN.Usual, (hidden, direction, functions, clip, layout) => new RNN(hidden, direction, functions, clip, layout));

    // Every sequence has all steps; and first states of zeros are as good as none, and fit any batch.
    private static Op? Add(OnnxNode n, int states, CellFunction[] usual, Func<int, Direction, EquatableArray<CellFunction>, float, int, Op> make)
    {
        n.Require(1, 2, 3, Lengths + states + 1);
        string word = n.Text("direction", "forward");
        if (!Enum.TryParse(word, ignoreCase: true, out Direction direction) || char.IsDigit(word[0]))
            throw new OperatorException($"direction '{word}' is unknown; forward, reverse and bidirectional are known");
        int layout = n.Int("layout", 0), directions = direction == Direction.Bidirectional ? 2 : 1;
        if (layout is not (0 or 1) || n.Shape(0).Rank != 3)
            throw new OperatorException($"an input {n.Shape(0)} in layout {layout}; it has three axes, in layout 0 or 1");
        int steps = n.Shape(0)[layout];
        if (n.Has(Lengths) && (n.Constant(Lengths) ?? throw new NotConstantException(n.Inputs[Lengths])) is { } lengths && lengths.Int64s().FirstOrDefault(l => l != steps, steps) is var length && length != steps)
            throw new OperatorException($"a sequence of {length} of {steps} steps is not supported: all sequences must have all steps");
        float clip = n.Has("clip") ? n.Float("clip", 0) : float.PositiveInfinity;
        Op op = make(n.Int("hidden_size", n.Shape(2)[^1]), direction, new(Functions(n, directions, usual)), clip, layout);
        string[] inputs = [.. n.Inputs.Select((name, i) => i == Lengths || (i > Lengths && i <= Lengths + states && n.Constant(i) is { Element: ElementType.Float32 } first && !first.F32.ContainsAnyExcept(0f)) ? "" : name)];
        int last = Array.FindLastIndex(inputs, i => i.Length > 0);
        n.Builder.Add(new Node(n.Name, op, new(inputs.Take(last + 1)), new(n.Outputs.Select(o => o.Length > 0 ? o : n.Builder.Fresh(n.Name)))));
        return null;
    }

    /// <summary>Alphas and betas are listed for the functions that have one, in their order.</summary>
    private static CellFunction[] Functions(OnnxNode n, int directions, CellFunction[] usual)
    {
        string[] names = n.Texts("activations") ?? [];
        if (names.Length == 0)
            names = [.. Enumerable.Repeat(usual, directions).SelectMany(u => u).Select(u => u.Kind.ToString())];
        if (names.Length != directions * usual.Length)
            throw new OperatorException($"{names.Length} activations for {directions} direction(s); each has {usual.Length}");
        Queue<float> alphas = new(n.Floats("activation_alpha") ?? []), betas = new(n.Floats("activation_beta") ?? []);
        return Array.ConvertAll(names, name =>
        {
            if (!Enum.TryParse(name, ignoreCase: true, out CellKind kind) || char.IsDigit(name[0]))
                throw new OperatorException($"activation '{name}' is unknown; {string.Join(", ", Enum.GetNames<CellKind>())} are known");
            var (alpha, beta) = CellFunction.Defaults(kind);
            return new CellFunction(kind, Next(alphas, alpha), Next(betas, beta));
        });

        static float Next(Queue<float> given, float? otherwise) => otherwise == null ? 0 : given.TryDequeue(out float value) ? value : otherwise.Value;
    }

    public static void Write(OnnxNodeWriter w, LSTM o)
    {
        if (float.IsFinite(o.Memory))
            throw new OperatorException($"an LSTM whose memory stays within ±{o.Memory} can't be exported to ONNX");
        Write(w, (Recurrent)o).Flag("input_forget", o.InputForget);
    }

    public static OnnxNodeWriter Write(OnnxNodeWriter w, Recurrent o)
    {
        w.Int("hidden_size", o.HiddenSize).Text("direction", o.Direction.ToString().ToLowerInvariant()).Int("layout", o.Layout == 0 ? null : o.Layout)
            .Texts("activations", [.. o.Functions.Select(f => f.Kind.ToString())]);
        float[] alphas = [.. o.Functions.Where(f => CellFunction.Defaults(f.Kind).Alpha != null).Select(f => f.Alpha)], betas = [.. o.Functions.Where(f => CellFunction.Defaults(f.Kind).Beta != null).Select(f => f.Beta)];
        if (alphas.Length > 0)
            w.Floats("activation_alpha", alphas);
        if (betas.Length > 0)
            w.Floats("activation_beta", betas);
        return float.IsFinite(o.Clip) ? w.Float("clip", o.Clip) : w;
    }
}
