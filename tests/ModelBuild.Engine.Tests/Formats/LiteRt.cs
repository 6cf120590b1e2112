using System.Diagnostics;

namespace ModelBuild.Engine.Tests;

/// <summary>LiteRT itself, in Node: npm's @litertjs/core 2.5.3 with @litertjs/wasm-utils, in the folder that the environment variable LITERT names (npm install there).</summary>
internal static class LiteRt
{
    private const string Script = """
        import fs from 'fs'; import path from 'path'; import vm from 'vm'; import { createRequire } from 'module';
        // It is made for browsers, whose workers have these.
        globalThis.self = globalThis; globalThis.require = createRequire(path.join(process.cwd(), 'x.js')); globalThis.__dirname = process.cwd(); globalThis.__filename = 'x';
        globalThis.importScripts = url => { const file = url.startsWith('file://') ? new URL(url).pathname : url; vm.runInThisContext(fs.readFileSync(file, 'utf8'), { filename: file }); };
        const core = path.join(process.cwd(), 'node_modules/@litertjs/core');
        const litert = await import('file://' + path.join(core, JSON.parse(fs.readFileSync(path.join(core, 'package.json'))).main ?? 'dist/index.js'));
        await litert.loadLiteRt(path.join(core, 'wasm/litert_wasm_compat_internal.js'));
        const types = { float32: Float32Array, int32: Int32Array, uint8: Uint8Array, int8: Int8Array }, folder = process.argv[2];
        const model = await litert.loadAndCompile(new Uint8Array(fs.readFileSync(path.join(folder, 'model.tflite'))), { accelerator: 'wasm' });
        const inputs = model.getInputDetails().map((d, i) => { const raw = fs.readFileSync(path.join(folder, `in${i}`)); return new litert.Tensor(new types[d.dtype](raw.buffer.slice(raw.byteOffset, raw.byteOffset + raw.byteLength)), Array.from(d.shape)); });
        const outputs = await model.run(inputs);
        for (let i = 0; i < outputs.length; i++) { const d = await outputs[i].data(); fs.writeFileSync(path.join(folder, `out${i}`), Buffer.from(d.buffer.slice(d.byteOffset, d.byteOffset + d.byteLength))); }
        process.exit(0);
        """;

    /// <summary>What the file gives for a sample, in tensors of the types of <paramref name="like"/>; null, and why, where LiteRT is absent ("absent: …") or refuses it.</summary>
    public static Tensor[]? Run(byte[] file, Tensor[] sample, Tensor[] like, out string why)
    {
        string? folder = Environment.GetEnvironmentVariable("LITERT");
        if (folder == null || !Directory.Exists(Path.Combine(folder, "node_modules", "@litertjs", "core")))
        {
            why = "absent: the environment variable LITERT names no folder in which npm has installed @litertjs/core 2.5.3 and @litertjs/wasm-utils";
            return null;
        }
        using var scratch = new Scratch();
        scratch.Write("model.tflite", file);
        for (int i = 0; i < sample.Length; i++)
            scratch.Write($"in{i}", sample[i].Bytes.ToArray());
        string script = scratch.Write("run.mjs", Script);
        try
        {
            var start = new ProcessStartInfo("node", [script, scratch.Folder]) { WorkingDirectory = folder, RedirectStandardError = true, RedirectStandardOutput = true };
            using Process node = Process.Start(start)!;
            Task<string> errors = node.StandardError.ReadToEndAsync();
            string text = node.StandardOutput.ReadToEnd() + errors.Result;
            node.WaitForExit();
            if (node.ExitCode != 0)
            {
                why = $"LiteRT: {text}";
                return null;
            }
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            why = $"absent: node can't be started: {e.Message}";
            return null;
        }
        why = "";
        return [.. like.Select((t, i) => new Tensor(t.Type, File.ReadAllBytes(Path.Combine(scratch.Folder, $"out{i}"))))];
    }
}
