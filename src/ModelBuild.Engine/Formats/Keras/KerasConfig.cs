using System.Text.Json;

namespace ModelBuild.Engine;

/// <summary>A layer's config: what the JSON says under a key, or what holds where it says nothing (or null).</summary>
internal readonly record struct KerasConfig(JsonElement Json)
{
    /// <summary>What Keras 1 called them.</summary>
    private static readonly Dictionary<string, string> s_older = new()
    {
        ["data_format"] = "dim_ordering", ["filters"] = "nb_filter", ["padding"] = "border_mode", ["pool_size"] = "pool_length", ["strides"] = "subsample", ["units"] = "output_dim", ["use_bias"] = "bias",
    };

    public JsonElement? Find(string key)
    {
        if (Json.ValueKind != JsonValueKind.Object)
            return null;
        if (!Json.TryGetProperty(key, out JsonElement value) && !(s_older.TryGetValue(key, out string? older) && Json.TryGetProperty(older, out value)))
            return null;
        return value.ValueKind == JsonValueKind.Null ? null : value;
    }

    public bool Has(string key) => Find(key) != null;

    public string Text(string key, string otherwise) => Find(key) is not { } value ? otherwise
        : value.ValueKind == JsonValueKind.String ? value.GetString()! : throw Fault(key, value, "a text");

    public bool Flag(string key, bool otherwise) => Find(key) is not { } value ? otherwise
        : value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean()
        // Python takes either.
        : value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int number) && number is 0 or 1 ? number == 1
        : throw Fault(key, value, "true or false");

    public float Float(string key, double otherwise) => Find(key) is { } value ? Number(key, value) : (float)otherwise;

    public int Int(string key, int otherwise) => Find(key) is { } value ? Whole(key, value) : otherwise;

    public int? Int(string key) => Find(key) is { } value ? Whole(key, value) : null;

    /// <summary>Numbers: one, or a list of them, of any depth. Null where the key is absent.</summary>
    public float[]? Floats(string key)
    {
        // NumPy's arrays and backends' tensors are wrapped.
        JsonElement? found = Find(key) is { ValueKind: JsonValueKind.Object } wrapped ? new KerasConfig(new KerasConfig(wrapped).Find("config") ?? wrapped).Find("value") : Find(key);
        KerasConfig self = this;
        var numbers = new List<float>();
        void Collect(JsonElement value)
        {
            if (value.ValueKind == JsonValueKind.Array)
            {
                foreach (JsonElement element in value.EnumerateArray())
                    Collect(element);
            }
            else
                numbers.Add(self.Number(key, value));
        }
        if (found is not { } all)
            return null;
        Collect(all);
        return [.. numbers];
    }

    /// <summary>Whole numbers: one, or a list of them. Null where the key is absent.</summary>
    public int[]? Ints(string key)
    {
        KerasConfig self = this;
        return Find(key) is not { } value ? null : value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray().Select(e => self.Whole(key, e))] : [Whole(key, value)];
    }

    /// <summary>A positive number for each of so many axes, where one number stands for all.</summary>
    public int[] Axes(string key, int count, int? otherwise = null)
    {
        int[] values = Ints(key) ?? (key == "kernel_size" && Ints("nb_row") is [var rows] && Ints("nb_col") is [var columns] ? new[] { rows, columns } : null) ?? (otherwise is { } all ? [all] : throw new OperatorException($"the config lacks {key}"));
        values = values.Length == 1 ? [.. Enumerable.Repeat(values[0], count)] : values;
        return values.Length == count && values.All(v => v > 0) ? values : throw Fault(key, Find(key)!.Value, $"{count} whole numbers from 1");
    }

    public OperatorException Fault(string key, JsonElement value, string valid)
    {
        string text = value.GetRawText();
        return new($"{key} is {(text.Length > 80 ? text[..80] + "…" : text)} in the config; valid: {valid}");
    }

    private float Number(string key, JsonElement value) => value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out double number) ? (float)number : throw Fault(key, value, "a number");

    private int Whole(string key, JsonElement value) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out double number) && number == Math.Floor(number) && Math.Abs(number) <= int.MaxValue ? (int)number : throw Fault(key, value, "a whole number");
}
