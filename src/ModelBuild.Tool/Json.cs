using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ModelBuild.Tool;

/// <summary>What <c>--json FILE</c> writes: plain numbers, bytes and microseconds.</summary>
internal static class Json
{
    private static readonly JsonSerializerOptions Options = new()
    {
        WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.CamelCase, NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static T Read<T>(string file) => JsonSerializer.Deserialize<T>(File.ReadAllBytes(file), Options)!;

    public static void Write<T>(string? file, T value)
    {
        if (file != null)
            File.WriteAllText(file, JsonSerializer.Serialize(value, Options) + "\n");
    }
}
