using System.Text.Json;

namespace ModelBuild.Engine;

/// <summary>What is known of a Keras file without importing it: every layer that no row of the table reads, where an import ends at the first.</summary>
internal static class KerasInspection
{
    /// <exception cref="DiagnosticException">MB2002: the file is no model.</exception>
    public static IReadOnlyList<InspectedFault> Unsupported(string file)
    {
        var faults = new List<InspectedFault>();
        Collect(KerasFile.Open(file).Config, "");
        return faults;

        void Collect(JsonElement model, string path)
        {
            JsonElement? config = new KerasConfig(model).Find("config");
            JsonElement? layers = config is { ValueKind: JsonValueKind.Array } ? config : config is { } own ? new KerasConfig(own).Find("layers") : null;
            if (layers is not { ValueKind: JsonValueKind.Array })
                return;
            foreach (JsonElement layer in layers.Value.EnumerateArray())
            {
                var entry = new KerasConfig(layer);
                if (entry.Find("class_name") is not { ValueKind: JsonValueKind.String } name)
                    continue;
                string @class = name.GetString()!, at = path + Name(entry);
                if (KerasModel.Is(@class))
                    Collect(layer, at + "/");
                else if (@class != "InputLayer" && Reason(KerasModel.Class(entry, @class)) is { } reason)
                    faults.Add(new(at, @class, reason));
            }
        }
    }

    private static string Name(KerasConfig entry) =>
        (entry.Find("name") ?? new KerasConfig(entry.Find("config") ?? default).Find("name")) is { ValueKind: JsonValueKind.String } name ? name.GetString()! : "";

    private static string? Reason(string @class) => !KerasLayers.ByClass.TryGetValue(@class, out KerasLayerRow? row) ? "the layer is not supported"
        : row.Refused.Length > 0 ? row.Refused : null;
}
