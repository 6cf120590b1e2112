using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using System.Text;
using Microsoft.ML.OnnxRuntime;

namespace ModelBuild.Benchmarks;

/// <summary>What figures depend on besides the code that is measured.</summary>
internal static class Machine
{
    /// <summary>The processor: its name, which may say little, and what tells generations apart.</summary>
    public static string Cpu
    {
        get
        {
            if (!X86Base.IsSupported)
                return RuntimeInformation.ProcessArchitecture.ToString();
            var name = new StringBuilder();
            for (int leaf = unchecked((int)0x80000002); leaf <= unchecked((int)0x80000004); leaf++)
            {
                var (a, b, c, d) = X86Base.CpuId(leaf, 0);
                name.Append(Encoding.ASCII.GetString(MemoryMarshal.AsBytes<int>([a, b, c, d])));
            }
            int signature = X86Base.CpuId(1, 0).Eax, family = signature >> 8 & 15, model = signature >> 4 & 15 | signature >> 12 & 0xF0;
            // Models of families before the sixth have no upper half; none of them has SSE2.
            family += family == 15 ? signature >> 20 & 0xFF : 0;
            return $"{name.ToString().Trim('\0', ' ')} (family {family} model {model})";
        }
    }

    public static string Facts => string.Join("; ", $"{Environment.ProcessorCount} cores", KernelPaths.Here, $".NET {Environment.Version}", $"ONNX Runtime {OrtEnv.Instance().GetVersionString()}");
}
