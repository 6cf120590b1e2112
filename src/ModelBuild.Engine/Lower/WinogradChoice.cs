using ModelBuild.Generated;

namespace ModelBuild.Engine;

/// <summary>
/// How a 3×3 convolution of stride 1 is computed by Winograd's minimal filtering: outputs of a tile on each axis, tiles of a block. Decided by shape alone, by what was
/// measured once (tests/ModelBuild.Benchmarks).
/// </summary>
internal sealed record WinogradChoice(WeightsForm Form, int Tile, int Block, int RoomBytes)
{
    /// <summary>What the kernel takes of a convolution's window.</summary>
    public static readonly string[] Arguments = ["images", "height", "width", "channels", "xImage", "xLine", "xPixel", "yImage", "yLine", "yPixel"];

    // Fewer channels, and the way to frequencies and back costs what is saved; fewer tiles, and weights are read for too little.
    private const int LeastChannels = 16, LeastTiles = 16;

    // A block's frequencies stay in the second-level cache, unless they would be two tiles of a product or less.
    private const int Cache = 256 * 1024, LeastBlock = 28;

    /// <summary>Null where the direct sum is asked for, or is as fast.</summary>
    public static WinogradChoice? Of(Conv conv, Shape weights, Shape y, Numerics numerics)
    {
        if (numerics == Numerics.Strict || conv.Group != 1 || !conv.Kernel.SequenceEqual([3, 3]) || conv.Strides.Any(s => s != 1) || conv.Dilations.Any(d => d != 1))
            return null;
        int channels = weights[1], outputs = weights[0];
        int tile = numerics == Numerics.Fast && Tiles(y, 4) >= LeastTiles ? 4 : 2, tiles = Tiles(y, tile);
        if (channels < LeastChannels || outputs < LeastChannels || tiles < LeastTiles)
            return null;
        int block = Math.Min(tiles, Math.Max(LeastBlock, Cache / Winograd.Room(tile, 1, channels, outputs)));
        return new(tile == 2 ? WeightsForm.Winograd2 : WeightsForm.Winograd4, tile, block, Winograd.Room(tile, block, channels, outputs));
    }

    private static int Tiles(Shape y, int tile) => (y[2] + tile - 1) / tile * ((y[3] + tile - 1) / tile);
}
