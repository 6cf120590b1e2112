namespace ModelBuild.Engine;

/// <summary>A layer while it is read: its config and weights, and the nodes that it becomes, all of which have its name.</summary>
internal sealed class KerasLayer(KerasReader reader, string path, string @class, KerasConfig config, KerasWeights weights)
{
    public string Class => @class;

    public KerasConfig Config => config;

    public KerasWeights Weights => weights;

    public int Version => reader.Version;

    public KerasArguments Arguments { get; init; }

    private GraphBuilder Builder => reader.Builder;

    /// <summary>Reads the layer by the row of its class.</summary>
    public KerasValue[] Run(KerasValue[] inputs)
    {
        if (!KerasLayers.ByClass.TryGetValue(@class, out KerasLayerRow? row))
            throw reader.Unsupported(path, @class, $"{Near.Hint(@class, KerasLayers.ByClass.Keys)}; README, Layers, has those that are");
        if (row.Refused.Length > 0)
            throw reader.Unsupported(path, @class, $": {row.Refused}");
        if (Arguments.Named?.Keys.FirstOrDefault(k => !row.Keywords.Contains(k)) is { } keyword)
            throw Fault($"a call with {keyword} is not supported");
        KerasValue[] outputs = row.Read!(this, inputs);
        foreach (KerasValue output in outputs)
            reader.CheckSize(path, @class, Shape(output));
        return outputs;
    }

    /// <summary>A layer inside this one, or a function as a layer.</summary>
    public KerasLayer Inner(string name, string innerClass, KerasConfig innerConfig, KerasWeights innerWeights) => new(reader, $"{path}/{name}", innerClass, innerConfig, innerWeights);

    /// <summary>A layer or a model inside this one, on values.</summary>
    public KerasValue[] RunInside(KerasConfig entry, KerasWeights inside, KerasValue[] inputs)
    {
        string name = entry.Text("class_name", "");
        var inner = new KerasConfig(entry.Find("config") ?? default);
        return KerasModel.Is(name)
            ? [.. KerasModel.Parse(reader, path + "/", entry, inside).Run(inputs).Select(o => o.Value)]
            : Inner(inner.Text("name", name), name, inner, inside).Run(inputs);
    }

    public OperatorException Fault(string why) => new(why);

    // Values.

    /// <summary>The shape in Keras's order.</summary>
    public Shape Shape(KerasValue value)
    {
        if (value.Plain != null)
            return Builder.Type(value.Plain).Shape;
        Shape planes = Builder.Type(value.Planes!).Shape;
        return ModelBuild.Engine.Shape.Of([planes[0], .. planes.Skip(2), planes[1]]);
    }

    public ElementType Element(KerasValue value) => Builder.Type(value.Plain ?? value.Planes!).Element;

    /// <summary>The value in Keras's order.</summary>
    public string Plain(KerasValue value)
    {
        if (value.Plain == null)
        {
            int rank = Builder.Type(value.Planes!).Shape.Rank;
            value.Plain = Add(new Transpose(new Ints([0, .. Enumerable.Range(2, rank - 2), 1])), value.Planes!);
        }
        return value.Plain;
    }

    /// <summary>The value with its last axis behind the first.</summary>
    public string Planes(KerasValue value)
    {
        if (value.Planes == null)
        {
            int rank = Builder.Type(value.Plain!).Shape.Rank;
            if (rank < 2)
                throw Fault($"{Shape(value)} has no channels");
            value.Planes = rank == 2 ? value.Plain : Add(new Transpose(new Ints([0, rank - 1, .. Enumerable.Range(1, rank - 2)])), value.Plain!);
        }
        return value.Planes!;
    }

    /// <summary>Something done to each element: in whichever order they are.</summary>
    public KerasValue Each(KerasValue value, Func<string, string> work) => value.Plain == null
        ? new KerasValue { Planes = work(value.Planes!), Masked = value.Masked }
        : new KerasValue { Plain = work(value.Plain), Masked = value.Masked };

    /// <summary>The same with a constant that has the value's shape without the first axis, or lengths of 1 there.</summary>
    public KerasValue Each(KerasValue value, Tensor constant, string name, Func<string, string, string> work) => Each(value, x =>
    {
        if (value.Plain != null || constant.Shape.Rank < 2)
            return work(x, value.Plain == null && constant.Shape.Rank == 1 ? Constant(name, constant.Reshape(ModelBuild.Engine.Shape.Of([constant.Shape[0], .. Enumerable.Repeat(1, Builder.Type(x).Shape.Rank - 2)]))) : Constant(name, constant));
        return work(x, Constant(name, new Transpose(new Ints([constant.Shape.Rank - 1, .. Enumerable.Range(0, constant.Shape.Rank - 1)])).Evaluate([constant])[0]));
    });

    /// <summary>As floating-point numbers.</summary>
    public KerasValue Numbers(KerasValue value) => Element(value).IsFloat() ? value : Each(value, x => Add(new Cast(ElementType.Float32), x));

    // Nodes and constants.
    public string Add(Op op, params ReadOnlySpan<string> inputs) => Builder.Add(path, op, inputs);

    public string[] Add(Op op, int outputs, params ReadOnlySpan<string> inputs)
    {
        string[] names = new string[outputs];
        for (int i = 0; i < outputs; i++)
        {
            do
                names[i] = Builder.Fresh(path);
            while (names.AsSpan(0, i).Contains(names[i]));
        }
        Builder.Add(new Node(path, op, new(inputs.ToArray()), new(names)));
        return names;
    }

    public Shape TypeOf(string value) => Builder.Type(value).Shape;

    /// <summary>A constant of the layer's; one that all of its calls share if it is the same each time.</summary>
    public string Constant(string name, Tensor tensor)
    {
        string hint = $"{path}/{name}";
        if (Builder.Constant(hint) is { } there && there.Type == tensor.Type && there.Bytes.Span.SequenceEqual(tensor.Bytes.Span))
            return hint;
        return Builder.AddConstant(Builder.Has(hint) ? Builder.Fresh(hint) : hint, tensor);
    }

    public string Constant(float value) => Constant("constant", Tensor.Scalar(value));

    /// <summary>A weight, which must have these lengths (−1: any); null where the file has none.</summary>
    public Tensor? Find(string name, int number, params ReadOnlySpan<int> lengths)
    {
        if (weights.Find(name, number) is not { } array)
            return null;
        bool fits = array.Lengths.Length == lengths.Length;
        for (int i = 0; fits && i < lengths.Length; i++)
            fits = lengths[i] < 0 || lengths[i] == array.Lengths[i];
        if (!fits)
            throw Fault($"its weight {name} is [{string.Join(", ", array.Lengths)}] in the file, and the config asks for [{string.Join(", ", lengths.ToArray().Select(l => l < 0 ? "any" : $"{l}"))}]");
        Tensor tensor = array.Numbers();
        return tensor.Element == ElementType.Float32 ? tensor : throw Fault($"its weight {name} is integers: layers that Keras has quantized are not supported; save the model before that");
    }

    public Tensor Weight(string name, int number, params ReadOnlySpan<int> lengths) =>
        Find(name, number, lengths) ?? throw Fault($"the file has no weight {name} for it");

    // Config that many layers share.

    /// <summary>Whether the layer's data has its channels first, as the graph has them.</summary>
    public bool ChannelsFirst => config.Text("data_format", "channels_last") switch
    {
        "channels_first" or "th" => true, "channels_last" or "tf" => false,
        var other => throw Fault($"data_format is '{other}' in the config; valid: channels_last, channels_first"),
    };

    /// <summary>An image with channels first, whichever the layer has.</summary>
    public string Image(KerasValue value) => ChannelsFirst ? Plain(value) : Planes(value);

    public KerasValue FromImage(string image) => ChannelsFirst ? new KerasValue { Plain = image } : new KerasValue { Planes = image };

    /// <summary>An axis as the graph counts it, where the value has this many.</summary>
    public int Axis(int axis, int rank) => axis >= -rank && axis < rank ? axis < 0 ? axis + rank : axis : throw Fault($"axis {axis} is outside a shape of {rank} axes");

    /// <summary>The layer's activation, on what it gives.</summary>
    public KerasValue Activated(KerasValue value) => KerasFunctions.Apply(this, config.Find("activation"), value);
}
