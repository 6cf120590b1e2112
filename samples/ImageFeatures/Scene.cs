namespace Samples;

/// <summary>Pictures drawn by formulas: four subjects, and as many variants of each as there are seeds.</summary>
internal static class Scene
{
    public const int Size = 224;

    public static readonly string[] Subjects = ["sunset", "tiles", "meadow", "city"];

    /// <summary>Blue, green and red, a plane each, from 0 to 255.</summary>
    public static byte[] Draw(string subject, int seed)
    {
        var random = new Random(seed);
        Func<float, float, Color> paint = subject switch
        {
            "sunset" => Sunset(random),
            "tiles" => Tiles(random),
            "meadow" => Meadow(random),
            _ => City(random),
        };
        var planes = new byte[3 * Size * Size];
        for (int y = 0; y < Size; y++)
        for (int x = 0; x < Size; x++)
        {
            Color c = paint(x / (float)Size, y / (float)Size);
            float grain = random.Next(8) switch { 0 => -8, 1 => 8, _ => 0 };
            planes[y * Size + x] = Level(c.B + grain);
            planes[(Size + y) * Size + x] = Level(c.G + grain);
            planes[(2 * Size + y) * Size + x] = Level(c.R + grain);
        }
        return planes;
    }

    private static byte Level(float value) => (byte)Math.Clamp(value, 0, 255);

    private static Func<float, float, Color> Sunset(Random random)
    {
        float horizon = Between(random, 0.5f, 0.7f), sun = Between(random, 0.25f, 0.75f), radius = Between(random, 0.06f, 0.12f), waves = Between(random, 40, 70);
        return (x, y) =>
        {
            if (y < horizon)
                return Far(x - sun, y - horizon + radius) < radius ? new(255, 240, 170) : Mix(new(70, 60, 130), new(255, 140, 60), y / horizon);
            float depth = (y - horizon) / (1 - horizon), glitter = MathF.Max(0, 1 - MathF.Abs(x - sun) * 8);
            return Mix(Mix(new(200, 110, 70), new(20, 30, 70), depth), new(255, 220, 150), glitter * (0.5f + 0.5f * MathF.Sin(waves * MathF.Sqrt(depth) * 3)));
        };
    }

    private static Func<float, float, Color> Tiles(Random random)
    {
        float turn = Between(random, 0, 1.5f), tile = Between(random, 5, 9), cos = MathF.Cos(turn), sin = MathF.Sin(turn);
        Color dark = new(Between(random, 20, 60), Between(random, 20, 60), Between(random, 20, 60));
        return (x, y) =>
        {
            float u = (x * cos - y * sin) * tile, v = (x * sin + y * cos) * tile;
            bool joint = u - MathF.Floor(u) < 0.06f || v - MathF.Floor(v) < 0.06f;
            return joint ? new(150, 145, 140) : ((int)MathF.Floor(u) + (int)MathF.Floor(v) & 1) == 0 ? new(235, 230, 220) : dark;
        };
    }

    private static Func<float, float, Color> Meadow(Random random)
    {
        (float X, float Y, float Radius, Color Color)[] flowers = [.. Enumerable.Range(0, 60).Select(_ =>
        {
            float y = Between(random, 0.35f, 1);
            Color[] colors = [new(250, 210, 40), new(240, 240, 250), new(210, 60, 120)];
            return (Between(random, 0, 1), y, 0.015f + 0.03f * (y - 0.3f), colors[random.Next(3)]);
        })];
        return (x, y) =>
        {
            foreach (var f in flowers)
            {
                float far = Far(x - f.X, y - f.Y), petal = f.Radius * (0.75f + 0.25f * MathF.Cos(5 * MathF.Atan2(y - f.Y, x - f.X)));
                if (far < petal)
                    return far < f.Radius * 0.3f ? new(200, 130, 20) : f.Color;
            }
            float blade = MathF.Sin(x * 190 + MathF.Sin(y * 37) * 3) * MathF.Sin(y * 60 + x * 20);
            return y < 0.3f ? Mix(new(110, 170, 240), new(210, 230, 250), y / 0.3f) : Mix(new(50, 120, 30), new(110, 180, 60), 0.5f + 0.5f * blade);
        };
    }

    private static Func<float, float, Color> City(Random random)
    {
        int houses = random.Next(5, 8);
        float[] roofs = [.. Enumerable.Range(0, houses).Select(_ => Between(random, 0.15f, 0.6f))];
        int lights = random.Next();
        return (x, y) =>
        {
            int house = (int)(x * houses);
            float wall = x * houses - house;
            if (y < roofs[house] || wall > 0.92f)
                return Mix(new(10, 10, 35), new(60, 50, 80), y);
            float u = wall / 0.92f * 4, v = (y - roofs[house]) * 22;
            bool window = u - MathF.Floor(u) is > 0.25f and < 0.75f && v - MathF.Floor(v) is > 0.3f and < 0.8f;
            bool lit = (uint)HashCode(house, (int)u, (int)v, lights) % 3 == 0;
            return window ? lit ? new(255, 220, 130) : new(35, 40, 60) : new(55, 52, 62);
        };
    }

    private static int HashCode(int a, int b, int c, int d) => ((a * 73856093) ^ (b * 19349663) ^ (c * 83492791) ^ d) * 1103515245 >> 8;

    private static float Between(Random random, float least, float most) => least + (most - least) * random.NextSingle();

    private static float Far(float x, float y) => MathF.Sqrt(x * x + y * y);

    private static Color Mix(Color a, Color b, float share) => new(a.R + (b.R - a.R) * share, a.G + (b.G - a.G) * share, a.B + (b.B - a.B) * share);

    private readonly record struct Color(float R, float G, float B);
}
