namespace ModelBuild.Engine;

/// <summary>What a TensorFlow Lite file declares, and every operator of it that no row of the operator table reads: more than its import, which ends at the first.</summary>
internal static class TFLiteInspection
{
    /// <exception cref="DiagnosticException">MB2002, MB2004, MB2009: it is no model.</exception>
    public static Inspection Of(string path, ImportOptions options)
    {
        try
        {
            TFLiteFile file = TFLiteReader.Open(path);
            TFLiteCall[] calls = [.. file.Calls()];
            InspectedFault[] unsupported = [.. calls.Where(c => !TFLiteOperators.ByName.ContainsKey(c.Name)).Select(c => new InspectedFault(file.NameOf(c), c.Name, "the operator is not supported"))];
            long? macs = null;
            if (unsupported.Length == 0)
                (_, macs, unsupported) = Inspection.Compiled(ModelFormat.Table.First(f => f.Inspect == Of), path, options);
            return new Inspection(
                Path.GetFileName(path), new FileInfo(path).Length, "TensorFlow Lite", 0, new Dictionary<string, long>(), [.. file.Inputs.Select(Tensor)], [.. file.Outputs.Select(Tensor)],
                calls.Length, Inspection.Counted(calls.Select(c => c.Name)), calls.SelectMany(c => c.Inputs).Where(i => i >= 0).Distinct().Select(file.Tensor).Where(IsLearned).Sum(t => (long)t.Shape.Size), macs, unsupported);

            InspectedTensor Tensor(int index)
            {
                TFLiteTensor t = file.Tensor(index);
                return new(file.Names.GetValueOrDefault(index, t.Name), t.Element.Word(), [.. t.Shape.Select((length, i) => t.Signature[i] == -1 ? (object)(i == 0 ? "batch" : $"dim{i}") : (long)length)]);
            }
        }
        catch (FlatException e)
        {
            throw Diagnostics.NoModel(path, e.Message, TFLiteReader.What);
        }
    }

    // Numbers, as floats or as integers that stand for them.
    private static bool IsLearned(TFLiteTensor tensor) => tensor.Constant != null && (tensor.Element.IsFloat() || tensor.Quantization != null);
}
