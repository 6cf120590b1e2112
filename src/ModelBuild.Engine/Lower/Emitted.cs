using System.Globalization;
using System.Security.Cryptography;

namespace ModelBuild.Engine;

/// <summary>Plan and weights of one graph: what a build emits. They carry the same id, and only fit each other.</summary>
internal sealed record Emitted(Plan Plan, string Text, byte[] Weights)
{
    /// <summary>Why layers got the kernels that they have, where there was a choice.</summary>
    public EquatableArray<string> Choices { get; init; }

    /// <summary>What follows the header of the weights.</summary>
    public byte[] Content => Weights[WeightsWriter.Header..];

    /// <exception cref="OperatorException">The graph has something that can't be lowered.</exception>
    public static Emitted From(Graph graph, PlanNames names, Optimize optimize = Optimize.Size, Numerics numerics = Numerics.Strict)
    {
        Lowered lowered = Lowering.Run(graph, optimize, numerics);
        var weightsPlan = new PlanWeights(names.Resource, lowered.Weights.Length, lowered.ExpandedBytes, lowered.Weights.Hash);
        byte[] weights = lowered.Weights.Finish(
            id => PlanText.Write(PlanOf(graph, names, id, weightsPlan) with { ScratchBytes = lowered.ScratchBytes, Expansions = lowered.Expansions, Calls = lowered.Calls }), out string text);
        return new Emitted(PlanText.Parse(text), text, weights) { Choices = lowered.Choices };
    }

    /// <summary>A plan without calls, and the file that ONNX Runtime runs in their place.</summary>
    /// <param name="signature">Of it only inputs, outputs and their types matter.</param>
    public static Emitted Of(byte[] onnx, Graph signature, PlanNames names)
    {
        byte[] bytes = [.. new byte[WeightsWriter.Header], .. onnx];
        var resource = new PlanWeights(names.Resource, bytes.Length, 0, Convert.ToHexStringLower(SHA256.HashData(onnx)));
        WeightsWriter.Seal(bytes, id => PlanText.Write(PlanOf(signature, names, id, resource)), out string text);
        return new Emitted(PlanText.Parse(text), text, bytes);
    }

    /// <summary>The same with what is known about it by now. The id stays: what only measures changes no byte of the weights.</summary>
    public Emitted With(IEnumerable<PlanFact> facts)
    {
        Plan plan = Plan with { Facts = new(facts) };
        return this with { Plan = plan, Text = PlanText.Write(plan) };
    }

    /// <summary>What the class looks like from outside, for editors: a plan without calls, whose weights no build will have.</summary>
    public static string Outline(Graph graph, PlanNames names) =>
        PlanText.Write(PlanOf(graph, names, new string('0', 32), new PlanWeights(names.Resource, 0, 0, new string('0', 64))));

    private static Plan PlanOf(Graph graph, PlanNames names, string id, PlanWeights weights) => new(
        Tool: typeof(Emitted).Assembly.GetName().Version!.ToString(3),
        names.Class, names.Namespace, names.Source, id, weights, ScratchBytes: 0, graph.Batch,
        Tensors(graph, graph.Inputs, v => Identifiers.Input(v, names.Class)), Tensors(graph, graph.Outputs, v => Identifiers.Output(v, names.Class)),
        new(names.Labels), Facts: new([]), Expansions: new([]), Calls: new([]), names.Pixels, names.Backend == Backend.OnnxRuntime ? Plan.OnnxRuntime : "");

    private static EquatableArray<PlanTensor> Tensors(Graph graph, IEnumerable<string> values, Func<string, string> identifier) =>
        new(values.Select(v => new PlanTensor(v, identifier(v), graph.Types[v].Element.Word(), graph.Types[v].Shape.Axes, Meaning(graph, v))));

    /// <summary>What the integers of an input or output stand for, where all that reads them, or what writes them, says the same.</summary>
    private static PlanMeaning? Meaning(Graph graph, string value)
    {
        Quantization?[] meanings = [.. graph.Nodes.Where(n => n.Inputs.Contains(value)).Select(n => n.Op.Dequantizes), .. graph.Nodes.Where(n => n.Outputs.Contains(value)).Select(n => n.Op.Quantizes)];
        return meanings.Distinct().ToArray() is [{ Scales.Count: 1 } q] ? new(q.Scale.ToString("R", CultureInfo.InvariantCulture), q.Zero) : null;
    }
}

/// <summary>What a plan says beyond its graph: the class to write.</summary>
internal sealed record PlanNames(string Class, string Namespace, PlanSource Source, string Resource, IReadOnlyList<string> Labels)
{
    public PlanPixels? Pixels { get; init; }

    public Backend Backend { get; init; }

    /// <summary>Of a plan that is only run.</summary>
    public static PlanNames None { get; } = new("Model", "Models", new("", new string('0', 64)), "", []);

    private static string HashOf(string file)
    {
        using FileStream stream = File.OpenRead(file);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }

    public static PlanNames Of(string file, string @class = "Model", string @namespace = "Models") => new(
        @class, @namespace, new(Path.GetFileName(file), HashOf(file)),
        $"ModelBuild.{@namespace}.{@class}.weights", []);
}
