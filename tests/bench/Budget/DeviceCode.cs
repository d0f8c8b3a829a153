using System.Diagnostics;
using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace DoorController.Bench.Budget;

/// <summary>One type of a compiled assembly.</summary>
/// <param name="Name">Name of the outermost type.</param>
/// <param name="IsPortable">It is in a namespace of the portable part.</param>
/// <param name="IlBytes">IL of its methods, as the metadata has it (the metadata processor makes tokens 2 bytes shorter).</param>
/// <param name="Methods">Methods.</param>
/// <param name="Fields">Instance fields.</param>
/// <param name="Statics">Static fields that are no constants.</param>
internal sealed record DeviceType(string Name, bool IsPortable, int IlBytes, int Methods, int Fields, int Statics);

/// <summary>
/// What the code itself costs. Where ../shared/device-check is, it compiles the device app against the exact nanoFramework API, and that
/// assembly is read; elsewhere the portable part is read from this PC's build, and the adapters are estimated from the amount of
/// their source code, with a quarter on top.
/// </summary>
internal sealed class DeviceCode
{
    private const double Margin = 1.25;
    private const int AssemblyBytes = 400;

    private readonly int _references;
    private readonly int _assemblies;

    private DeviceCode(Sources sources, string assembly, bool isExact)
    {
        IsExact = isExact;
        using var pe = new PEReader(File.OpenRead(assembly));
        MetadataReader reader = pe.GetMetadataReader();
        Types = [.. reader.TypeDefinitions.Select(handle => Read(pe, reader, handle)).Where(type => type.Name != "<Module>")];
        if (!isExact)
        {
            Types.RemoveAll(type => !type.IsPortable);
        }

        _references = reader.TypeReferences.Count + reader.MemberReferences.Count;
        _assemblies = reader.AssemblyReferences.Count;
        IlPortable = Types.Where(type => sources.PartOf(type.Name) != Sources.Adapters).Sum(type => type.IlBytes);
        IlAdapters = isExact
            ? Types.Sum(type => type.IlBytes) - IlPortable
            : (int)(Margin * IlPortable * sources.AdapterCharacters / sources.PortableCharacters);
    }

    /// <summary>True when the adapters were compiled, not estimated.</summary>
    public bool IsExact { get; }

    /// <summary>All types, nested ones under the name of the outermost.</summary>
    public List<DeviceType> Types { get; }

    /// <summary>IL of the portable part, in bytes.</summary>
    public int IlPortable { get; }

    /// <summary>IL of adapters and entry, in bytes.</summary>
    public int IlAdapters { get; }

    /// <summary>
    /// Bytes of the tables that the runtime makes on its heap when it loads the assembly (nf-interpreter, TypeSystem.cpp, CLR_RT_Assembly::CreateInstance):
    /// 4 for each reference, 8 for each type, 2 for each field, 3 for each method with the debugger's byte, and the assembly's own structure, some 400.
    /// </summary>
    public int TableBytes => NanoHeap.Round(
        AssemblyBytes + (4 * (_references + _assemblies)) + Types.Sum(type => 8 + (3 * type.Methods) + (2 * (type.Fields + type.Statics))));

    /// <summary>Reads the code.</summary>
    public static DeviceCode Read(Sources sources)
    {
        string check = Path.Combine(sources.Root, "..", "shared", "device-check", "device-check");
        if (!File.Exists(check))
        {
            return new DeviceCode(sources, typeof(Door).Assembly.Location, false);
        }

        string compiled = Compile(check, sources.Root);
        try
        {
            return new DeviceCode(sources, compiled, true);
        }
        finally
        {
            File.Delete(compiled);
        }
    }

    private static string Compile(string check, string root)
    {
        string output = Path.Combine(Path.GetTempPath(), "bench-" + Environment.ProcessId + ".dll");
        var start = new ProcessStartInfo(check, ["--release", "--out", output, Path.Combine(root, "firmware", "DoorController.nfproj")])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        string errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? output
            : throw new InvalidOperationException("device-check refuses firmware/DoorController.nfproj; run it by hand. " + errors);
    }

    private static DeviceType Read(PEReader pe, MetadataReader reader, TypeDefinitionHandle handle)
    {
        TypeDefinition type = reader.GetTypeDefinition(handle);
        TypeDefinition outer = type;
        while (!outer.GetDeclaringType().IsNil)
        {
            outer = reader.GetTypeDefinition(outer.GetDeclaringType());
        }

        int il = type.GetMethods().Select(reader.GetMethodDefinition).Where(method => method.RelativeVirtualAddress != 0)
            .Sum(method => pe.GetMethodBody(method.RelativeVirtualAddress).GetILBytes()!.Length);
        FieldDefinition[] fields = [.. type.GetFields().Select(reader.GetFieldDefinition)];
        return new DeviceType(
            reader.GetString(outer.Name),
            NanoHeap.IsPortable(reader.GetString(outer.Namespace)),
            il,
            type.GetMethods().Count,
            fields.Count(field => (field.Attributes & FieldAttributes.Static) == 0),
            fields.Count(field => (field.Attributes & (FieldAttributes.Static | FieldAttributes.Literal)) == FieldAttributes.Static));
    }
}
