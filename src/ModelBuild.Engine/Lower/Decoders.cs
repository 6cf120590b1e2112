using System.Reflection;
using ModelBuild.Generated;

namespace ModelBuild.Engine;

/// <summary>The runtime's decoders of stored weights, called as a plan names them.</summary>
internal static unsafe class Decoders
{
    /// <exception cref="InvalidOperationException">There is no such decoder.</exception>
    public static void Expand(Expansion block, PlanExpansion e)
    {
        MethodInfo decoder = typeof(Expansion).GetMethod(e.Decoder)
            ?? throw new InvalidOperationException($"the runtime has no decoder '{e.Decoder}', which '{e.Name}' needs");
        object[] given = [e.From, e.To, e.Elements, .. e.Sizes, .. e.Form.Length == 0 ? [] : new object[] { Enum.Parse<WeightsForm>(e.Form) }];
        decoder.Invoke(block, BindingFlags.DoNotWrapExceptions, null, [.. given, .. Enumerable.Repeat(Type.Missing, decoder.GetParameters().Length - given.Length)], null);
    }

    /// <summary>The expanded block.</summary>
    public static byte[] Expand(ReadOnlySpan<byte> weights, IEnumerable<PlanExpansion> expansions, int bytes)
    {
        var expanded = new byte[bytes];
        fixed (byte* from = weights, to = expanded)
        {
            foreach (PlanExpansion e in expansions)
                Expand(new Expansion(from, weights.Length, to, bytes), e);
        }
        return expanded;
    }

    /// <summary>The elements that a form of the packing table says, before kernels get a form of their own of them.</summary>
    public static byte[] Elements(ReadOnlySpan<byte> weights, PlanExpansion e, int elementBytes) => Expand(weights, [e with { To = 0, Form = "" }], e.Elements * elementBytes);
}
