using ModelBuild.Engine.Onnx;

namespace ModelBuild.Tool;

/// <summary>Synthetic networks of well-known shapes: for measurements that need no file.</summary>
internal static class BuiltinModels
{
    public static readonly (string Name, Func<ModelProto> Make)[] Table = [("mlp", Mlp), ("pointwise", Pointwise), ("resnet18", ResNet18), ("mobilenetv2", MobileNetV2)];

    /// <summary>Dense layers 64 → 32 → 10, with a Relu between.</summary>
    private static ModelProto Mlp()
    {
        var net = new BuiltinNet(1, 64);
        net.Dense(64, 32);
        net.Relu();
        net.Dense(32, 10);
        return net.Finish(1, 10);
    }

    /// <summary>Eight 1×1 convolutions of 256 channels over 28×28.</summary>
    private static ModelProto Pointwise()
    {
        var net = new BuiltinNet(1, 256, 28, 28);
        for (int i = 0; i < 8; i++)
            net.Conv(256, 256, 1);
        return net.Finish(1, 256, 28, 28);
    }

    /// <summary>The layers of ResNet-18 over 224×224, with BatchNormalization folded.</summary>
    private static ModelProto ResNet18()
    {
        var net = new BuiltinNet(1, 3, 224, 224);
        net.Conv(3, 64, 7, stride: 2);
        net.Relu();
        net.MaxPool(3, stride: 2);
        int channels = 64;
        foreach (var (to, first) in new[] { (64, 1), (128, 2), (256, 2), (512, 2) })
        {
            for (int block = 0; block < 2; block++)
            {
                int stride = block == 0 ? first : 1;
                string input = net.Last;
                net.Conv(channels, to, 3, stride);
                net.Relu();
                net.Conv(to, to, 3);
                string main = net.Last, shortcut = input;
                if (channels != to)
                {
                    net.Conv(channels, to, 1, stride, from: input);
                    shortcut = main;
                }
                net.Add(shortcut);
                net.Relu();
                channels = to;
            }
        }
        net.Pool();
        net.Dense(512, 1000);
        return net.Finish(1, 1000);
    }

    /// <summary>The layers of MobileNetV2 over 224×224, with BatchNormalization folded.</summary>
    private static ModelProto MobileNetV2()
    {
        var net = new BuiltinNet(1, 3, 224, 224);
        net.Conv(3, 32, 3, stride: 2);
        net.Relu6();
        int channels = 32;
        foreach (var (expansion, to, blocks, first) in new[] { (1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1) })
        {
            for (int block = 0; block < blocks; block++)
            {
                int stride = block == 0 ? first : 1, wide = channels * expansion;
                string input = net.Last;
                if (expansion > 1)
                {
                    net.Conv(channels, wide, 1);
                    net.Relu6();
                }
                net.Conv(wide, wide, 3, stride, groups: wide);
                net.Relu6();
                net.Conv(wide, to, 1);
                if (stride == 1 && channels == to)
                    net.Add(input);
                channels = to;
            }
        }
        net.Conv(320, 1280, 1);
        net.Relu6();
        net.Pool();
        net.Dense(1280, 1000);
        return net.Finish(1, 1000);
    }
}
