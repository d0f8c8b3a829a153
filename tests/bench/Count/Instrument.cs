using Mono.Cecil;
using Mono.Cecil.Cil;
using Mono.Cecil.Rocks;

namespace DoorController.Bench.Count;

/// <summary>
/// Rewrites an assembly so that it counts what it does: the IL instructions that its device code executes, and the objects that it makes.
/// The same sources compiled by the same compiler run on the board, so both are counts of the firmware, whatever machine counts them.
/// What a library or an adapter does inside a call is not in them; an array or a text that a contract of the board returns is one object.
/// </summary>
internal static class Instrument
{
    /// <summary>Full name of the class with the two counts.</summary>
    public const string CounterType = "DoorController.Counted";

    /// <summary>IL instructions executed, a static long.</summary>
    public const string Instructions = "Instructions";

    /// <summary>Objects made, a static long.</summary>
    public const string Objects = "Objects";

    private const string HostRooms = "DoorController.Hal.Host";

    /// <summary>Rewrites the assembly of a path in place.</summary>
    public static void Rewrite(string path)
    {
        using AssemblyDefinition assembly = AssemblyDefinition.ReadAssembly(path, new ReaderParameters { InMemory = true });
        ModuleDefinition module = assembly.MainModule;
        TypeDefinition[] types = [.. module.GetTypes().Where(t => t.FullName.StartsWith("DoorController.", StringComparison.Ordinal)
            && !t.FullName.StartsWith(HostRooms, StringComparison.Ordinal))];
        TypeDefinition counted = new("DoorController", "Counted", TypeAttributes.Public | TypeAttributes.Abstract | TypeAttributes.Sealed,
            module.TypeSystem.Object);
        FieldDefinition instructions = Field(Instructions);
        FieldDefinition objects = Field(Objects);
        counted.Fields.Add(instructions);
        counted.Fields.Add(objects);
        module.Types.Add(counted);
        foreach (MethodDefinition method in types.SelectMany(t => t.Methods).Where(m => m.HasBody))
        {
            Count(method.Body, instructions, objects);
        }

        assembly.Write(path);

        FieldDefinition Field(string name) => new(name, FieldAttributes.Public | FieldAttributes.Static, module.TypeSystem.Int64);
    }

    /// <summary>Adds the instructions and objects of each straight run of code where the run begins.</summary>
    private static void Count(MethodBody body, FieldReference instructions, FieldReference objects)
    {
        body.SimplifyMacros();
        Instruction[] code = [.. body.Instructions];
        HashSet<Instruction> heads = Heads(body, code);
        ILProcessor il = body.GetILProcessor();
        for (int from = 0; from < code.Length;)
        {
            int to = from + 1;
            while (to < code.Length && !heads.Contains(code[to]))
            {
                to++;
            }

            Instruction[] run = code[from..to];
            Prepend(body, il, run[0], [.. Add(instructions, run.Length), .. Add(objects, run.Count(MakesAnObject))]);
            from = to;
        }

        body.OptimizeMacros();
    }

    private static IEnumerable<Instruction> Add(FieldReference field, int count) => count == 0 ? [] :
    [
        Instruction.Create(OpCodes.Ldsfld, field), Instruction.Create(OpCodes.Ldc_I4, count), Instruction.Create(OpCodes.Conv_I8),
        Instruction.Create(OpCodes.Add), Instruction.Create(OpCodes.Stsfld, field),
    ];

    /// <summary>Where a jump, a handler or the code behind a jump begins.</summary>
    private static HashSet<Instruction> Heads(MethodBody body, Instruction[] code)
    {
        HashSet<Instruction> heads = [];
        for (int i = 0; i < code.Length; i++)
        {
            Instruction[] targets = code[i].Operand switch { Instruction one => [one], Instruction[] many => many, _ => [] };
            heads.UnionWith(targets);
            bool ends = targets.Length > 0 || code[i].OpCode.FlowControl is FlowControl.Return or FlowControl.Throw;
            if (ends && i + 1 < code.Length)
            {
                heads.Add(code[i + 1]);
            }
        }

        foreach (ExceptionHandler handler in body.ExceptionHandlers)
        {
            heads.UnionWith(new[] { handler.TryStart, handler.TryEnd, handler.HandlerStart, handler.HandlerEnd }.OfType<Instruction>());
        }

        return heads;
    }

    private static bool MakesAnObject(Instruction instruction) => instruction.OpCode.Code switch
    {
        Code.Newobj => !((MethodReference)instruction.Operand).DeclaringType.IsValueType,
        Code.Newarr or Code.Box => true,
        Code.Callvirt or Code.Call => ((MethodReference)instruction.Operand).ReturnType is { } type
            && (type.IsArray || type.MetadataType == MetadataType.String) && IsOutside((MethodReference)instruction.Operand),
        _ => false,
    };

    /// <summary>True for a call that leaves the device code: into a contract of the board, or into the library.</summary>
    private static bool IsOutside(MethodReference method) =>
        method.DeclaringType.Namespace.StartsWith("System", StringComparison.Ordinal)
        || (method.DeclaringType.Namespace == "DoorController.Hal" && method.DeclaringType.Resolve()?.IsInterface == true);

    /// <summary>Puts code in front of an instruction, and leads whatever pointed at the instruction to that code.</summary>
    private static void Prepend(MethodBody body, ILProcessor il, Instruction before, Instruction[] added)
    {
        if (added.Length == 0)
        {
            return;
        }

        foreach (Instruction instruction in added)
        {
            il.InsertBefore(before, instruction);
        }

        foreach (Instruction jump in body.Instructions.Where(i => i.Operand == before))
        {
            jump.Operand = added[0];
        }

        foreach (Instruction[] targets in body.Instructions.Select(i => i.Operand).OfType<Instruction[]>())
        {
            for (int i = 0; i < targets.Length; i++)
            {
                targets[i] = targets[i] == before ? added[0] : targets[i];
            }
        }

        foreach (ExceptionHandler handler in body.ExceptionHandlers)
        {
            handler.TryStart = Led(handler.TryStart);
            handler.TryEnd = Led(handler.TryEnd);
            handler.HandlerStart = Led(handler.HandlerStart);
            handler.HandlerEnd = Led(handler.HandlerEnd);
        }

        Instruction? Led(Instruction? at) => at == before ? added[0] : at;
    }
}
