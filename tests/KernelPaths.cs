using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace ModelBuild.Tests;

/// <summary>What the processor has and kernels choose by.</summary>
internal static class KernelPaths
{
    /// <summary>The paths that kernels of floats and of bytes take here.</summary>
    public static string Here
    {
        get
        {
            string floats = Vector512.IsHardwareAccelerated ? "512 bits" : Vector256.IsHardwareAccelerated ? "256 bits" : Vector128.IsHardwareAccelerated ? "128 bits" : "scalar";
            string bytes = AvxVnni.IsSupported ? "VNNI" : Avx512BW.IsSupported ? "512 bits" : Avx2.IsSupported ? "256 bits" : Dp.IsSupported ? "SDOT" : Sse2.IsSupported || AdvSimd.Arm64.IsSupported ? "128 bits" : "scalar";
            return $"floats by {floats}, bytes by {bytes}";
        }
    }
}
