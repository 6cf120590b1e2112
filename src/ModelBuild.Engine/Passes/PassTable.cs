namespace ModelBuild.Engine;

/// <summary>The steps of recipes, one line each, in the order in which messages and the documentation list them.</summary>
internal static class PassTable
{
    public static readonly PassRow[] Rows =
    [
        PassRow.Of<KeepLayers>("keep"),
        PassRow.Of<Prune>("prune"),
        PassRow.Of<Activations>("activations"),
        PassRow.Of<Factorize>("factorize"),
        PassRow.Of<Equalize>("equalize"),
        PassRow.Of<QuantizeInt8>("quantize", "int8"),
        PassRow.Of<StoreFloat16>("quantize", "fp16"),
        PassRow.Of<StoreFloat8E4M3>("quantize", "fp8-e4m3fn"),
        PassRow.Of<StoreFloat8E5M2>("quantize", "fp8-e5m2"),
        PassRow.Of<QuantizeWeights>("quantize"),
        PassRow.Of<Palettize>("palettize"),
        PassRow.Of<CorrectBias>("correct-bias"),
        PassRow.Of<Auto>("auto"),
        PassRow.Of<Encode>("encode"),
    ];
}
