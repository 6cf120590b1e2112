namespace ModelBuild.Engine;

/// <summary>One class of layers. <paramref name="Read"/> adds the nodes that it stands for; where there is none, <paramref name="Refused"/> says why.</summary>
internal sealed record KerasLayerRow(string Class, Func<KerasLayer, KerasValue[], KerasValue[]>? Read, string Refused = "")
{
    /// <summary>Whether the layer only does something while a model is trained, and is nothing afterwards.</summary>
    public bool TrainingOnly { get; init; }

    /// <summary>The keywords by which a call may hand over values.</summary>
    public IReadOnlyList<string> Keywords { get; init; } = [];
}

/// <summary>What of Keras is supported: a row a class of layers.</summary>
internal static class KerasLayers
{
    private const string Code = "it holds Python code, which is not run; express it by layers of Keras's own, or export the model to ONNX";

    public static IReadOnlyList<KerasLayerRow> All { get; } =
    [
        // Layers that compute.
        One("Activation", (l, x) => l.Activated(x)),
        Many("Add", (l, xs) => KerasMerging.Chain(l, xs, new Add())),
        Many("Attention", KerasAttention.Attention) with { Keywords = ["mask"] },
        Many("Average", (l, xs) => KerasMerging.Average(l, xs)),
        One("AveragePooling1D", (l, x) => KerasWindows.Pool(l, x, 1, (k, s, d, p) => new AveragePool(k, s, d, p))),
        One("AveragePooling2D", (l, x) => KerasWindows.Pool(l, x, 2, (k, s, d, p) => new AveragePool(k, s, d, p))),
        One("BatchNormalization", KerasNormalization.Batch),
        One("BatchNormalizationV1", KerasNormalization.Batch),
        One("BatchNormalizationV2", KerasNormalization.Batch),
        new("Bidirectional", KerasRecurrent.Bidirectional) { Keywords = ["initial_state", "mask"] },
        One("CenterCrop", KerasWindows.CenterCrop),
        Many("Concatenate", KerasMerging.Concatenate),
        One("Conv1D", (l, x) => KerasWindows.Conv(l, x, 1)),
        One("Conv1DTranspose", (l, x) => KerasWindows.ConvTranspose(l, x, 1)),
        One("Conv2D", (l, x) => KerasWindows.Conv(l, x, 2)),
        One("Conv2DTranspose", (l, x) => KerasWindows.ConvTranspose(l, x, 2)),
        One("Convolution2D", (l, x) => KerasWindows.Conv(l, x, 2)),
        One("Cropping1D", (l, x) => KerasWindows.Crop(l, x, 1)),
        One("Cropping2D", (l, x) => KerasWindows.Crop(l, x, 2)),
        One("Dense", KerasProducts.Dense),
        One("DepthwiseConv1D", (l, x) => KerasWindows.Depthwise(l, x, 1)),
        One("DepthwiseConv2D", (l, x) => KerasWindows.Depthwise(l, x, 2)),
        Many("Dot", KerasProducts.Dot),
        One("ELU", KerasFunctions.Elu),
        One("Embedding", KerasProducts.Embedding),
        One("Flatten", KerasShapes.Flatten),
        new("GRU", KerasRecurrent.Layer) { Keywords = ["initial_state", "mask"] },
        One("GlobalAveragePooling1D", (l, x) => KerasWindows.GlobalPool(l, x, 1, new GlobalAveragePool())),
        One("GlobalAveragePooling2D", (l, x) => KerasWindows.GlobalPool(l, x, 2, new GlobalAveragePool())),
        One("GlobalMaxPooling1D", (l, x) => KerasWindows.GlobalPool(l, x, 1, new GlobalMaxPool())),
        One("GlobalMaxPooling2D", (l, x) => KerasWindows.GlobalPool(l, x, 2, new GlobalMaxPool())),
        One("GroupNormalization", KerasNormalization.Group),
        new("LSTM", KerasRecurrent.Layer) { Keywords = ["initial_state", "mask"] },
        One("LayerNormalization", KerasNormalization.Layer),
        One("LeakyReLU", KerasFunctions.LeakyRelu),
        One("MaxPooling1D", (l, x) => KerasWindows.Pool(l, x, 1, (k, s, d, p) => new MaxPool(k, s, d, p))),
        One("MaxPooling2D", (l, x) => KerasWindows.Pool(l, x, 2, (k, s, d, p) => new MaxPool(k, s, d, p))),
        Many("Maximum", (l, xs) => KerasMerging.Chain(l, xs, new Max())),
        Many("Merge", KerasMerging.Merge),
        Many("Minimum", (l, xs) => KerasMerging.Chain(l, xs, new Min())),
        Many("MultiHeadAttention", KerasAttention.MultiHead) with { Keywords = ["value", "key", "attention_mask", "query_mask", "value_mask", "key_mask"] },
        Many("Multiply", (l, xs) => KerasMerging.Chain(l, xs, new Mul())),
        One("Normalization", KerasNormalization.Fixed),
        One("PReLU", KerasFunctions.PRelu),
        One("Permute", KerasShapes.Permute),
        One("RMSNormalization", KerasNormalization.RootMeanSquare),
        One("ReLU", KerasFunctions.Relu),
        One("RepeatVector", KerasShapes.RepeatVector),
        One("Rescaling", KerasNormalization.Rescaling),
        One("Reshape", KerasShapes.Reshape),
        One("Resizing", KerasWindows.Resizing),
        One("SeparableConv1D", (l, x) => KerasWindows.Separable(l, x, 1)),
        One("SeparableConv2D", (l, x) => KerasWindows.Separable(l, x, 2)),
        new("SimpleRNN", KerasRecurrent.Layer) { Keywords = ["initial_state", "mask"] },
        One("Softmax", KerasFunctions.Softmax) with { Keywords = ["mask"] },
        Many("Subtract", (l, xs) => xs.Length == 2 ? KerasMerging.Chain(l, xs, new Sub()) : throw l.Fault($"it takes two inputs, not {xs.Length}")),
        One("ThresholdedReLU", (l, x) => l.Each(x, v => l.Add(new ThresholdedRelu(l.Config.Float("theta", 1)), v))),
        One("SyncBatchNormalization", KerasNormalization.Batch),
        One("TimeDistributed", KerasShapes.TimeDistributed),
        One("UnitNormalization", KerasNormalization.Unit),
        One("UpSampling1D", (l, x) => KerasWindows.UpSample(l, x, 1)),
        One("UpSampling2D", (l, x) => KerasWindows.UpSample(l, x, 2)),
        One("ZeroPadding1D", (l, x) => KerasWindows.Pad(l, x, 1)),
        One("ZeroPadding2D", (l, x) => KerasWindows.Pad(l, x, 2)),

        .. KerasOperations.All,

        // Layers that only do something while a model is trained.
        .. Array.ConvertAll(
            [
                "ActivityRegularization", "AlphaDropout", "Dropout", "GaussianDropout", "GaussianNoise", "Identity", "RandomBrightness", "RandomColorDegeneration", "RandomColorJitter", "RandomContrast",
                "RandomErasing", "RandomFlip", "RandomGaussianBlur", "RandomGrayscale", "RandomHeight", "RandomHue", "RandomPerspective", "RandomPosterization", "RandomRotation", "RandomSaturation",
                "RandomSharpness", "RandomShear", "RandomTranslation", "RandomWidth", "RandomZoom", "SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D",
            ], name => One(name, (_, x) => x) with { TrainingOnly = true }),

        // Layers that have a name, and are code.
        new("Lambda", null, Code),
        new("TFOpLambda", null, Code),
        new("SlicingOpLambda", null, Code),
        new("TensorFlowOpLayer", null, Code),
        new("TorchModuleWrapper", null, Code),
        new("JaxLayer", null, Code),
        new("FlaxLayer", null, Code),
        new("TFSMLayer", null, Code),
        new("Masking", null, "samples of different lengths in one model are not; give the model inputs of one length"),
    ];

    public static IReadOnlyDictionary<string, KerasLayerRow> ByClass { get; } = All.ToDictionary(r => r.Class);

    private static KerasLayerRow One(string name, Func<KerasLayer, KerasValue, KerasValue> read) =>
        new(name, (layer, inputs) => inputs.Length == 1 ? [read(layer, inputs[0])] : throw layer.Fault($"it takes one input, not {inputs.Length}"));

    private static KerasLayerRow Many(string name, Func<KerasLayer, KerasValue[], KerasValue> read) =>
        new(name, (layer, inputs) => inputs.Length > 0 ? [read(layer, inputs)] : throw layer.Fault("it has no input"));
}
