"""What every field of a definition means, in a sentence or two: for hovers in editors.

A field that means different things in different objects stands under `Object.Field` too.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

STATE_TYPES: Final[Mapping[str, str]] = {
    "Task": "Calls a function, a service or an activity, and hands its result on.",
    "Wait": "Waits for some seconds, or until a moment.",
    "Pass": "Hands its input on, changed or replaced by its own fields; does no work.",
    "Succeed": "Ends its machine, branch or iteration successfully.",
    "Fail": "Ends its machine, branch or iteration with an error.",
    "Choice": "Decides by rules which state comes next.",
    "Parallel": "Runs branches at the same time, each with the same input; its result is the array of their outputs.",
    "Map": "Runs the same machine for each item of an array; its result is the array of their outputs.",
}

FIELDS: Final[Mapping[str, str]] = {
    # machines
    "StartAt": "The name of the state that runs first.",
    "States": "The states of this machine, by their names, which are unique in the whole definition.",
    "Comment": "Text for people; it has no effect.",
    "Version": "The version of the Amazon States Language: 1.0.",
    "Machine.TimeoutSeconds": "The execution ends with the status TIMED_OUT if it lasts longer.",
    "Machine.QueryLanguage": "The query language of all states that do not name one themselves: JSONPath, if absent.",
    "ProcessorConfig": "How the iterations run: inside this execution, or as executions of their own.",
    "Mode": "INLINE: inside this execution. DISTRIBUTED: each item, or batch, is a child execution.",
    "ExecutionType": "The type of the child executions of a Distributed Map.",
    # states
    "Type": "What kind of state this is.",
    "QueryLanguage": "The query language of this state. If the machine's is JSONata, it cannot be JSONPath.",
    "Next": "The name of the state that comes next, in the same States.",
    "End": "This state is the last one of its machine, branch or iteration.",
    "InputPath": "What of the input the state sees. null stands for an empty object; all of it, if absent.",
    "OutputPath": "What is handed on of what ResultPath made. null stands for an empty object; all of it, if absent.",
    "Parameters": "What the state works on: JSON, in which keys that end in .$ take their value from a path or an"
    " intrinsic function.",
    "Map.Parameters": "The former name of ItemSelector.",
    "ResultSelector": "Makes of the result what goes on, as Parameters does of the input; $ is the result.",
    "ResultPath": "Where in the input the result is put. null drops it; $, if absent, lets it replace the input.",
    "Result": "What the state hands on, as it is written: nothing in it is evaluated.",
    "Arguments": "What the state works on: JSON, in which strings between {% and %} are JSONata expressions.",
    "Output": "What the state hands on: JSON with JSONata expressions. The result, if absent, or the input.",
    "Assign": "Variables that later states read as $name. All values are computed before any is set.",
    "Retry": "What to try again after which errors: the first entry that names the error counts.",
    "Catch": "Where to go on after which errors that no retrier takes: the first entry that names the error counts.",
    # Task
    "Resource": "What the Task calls: the ARN of a Lambda function, of an activity, or of an integration, which may end"
    " in .sync or .waitForTaskToken.",
    "Credentials": "The role that the Task takes on, in RoleArn.",
    "RoleArn": "The ARN of the role that the Task takes on.",
    "RoleArn.$": "Where the ARN of the role that the Task takes on is found.",
    "TimeoutSeconds": "The Task fails with States.Timeout if an attempt lasts longer.",
    "TimeoutSecondsPath": "Where TimeoutSeconds is found.",
    "HeartbeatSeconds": "The Task fails with States.Timeout if its worker sends no heartbeat for so long; less than"
    " TimeoutSeconds.",
    "HeartbeatSecondsPath": "Where HeartbeatSeconds is found.",
    # Retry and Catch
    "ErrorEquals": "The names of errors. States.ALL, alone and in the last entry, stands for every error;"
    " States.TaskFailed for all but timeouts.",
    "IntervalSeconds": "How long to wait before the first retry: 1, if absent.",
    "MaxAttempts": "How many retries there are: 3, if absent; 0 for none.",
    "BackoffRate": "By which the wait is multiplied after each retry: 2.0, if absent.",
    "MaxDelaySeconds": "No retry waits longer. More than IntervalSeconds.",
    "JitterStrategy": "FULL: each wait is drawn at random, between none and its full length.",
    "Catcher.Next": "The name of the state that takes over.",
    "Catcher.ResultPath": "Where in the input the error output, {Error, Cause}, is put; it replaces all, if absent.",
    "Catcher.Output": "What is handed on; the error output, {Error, Cause}, if absent. It is $states.errorOutput.",
    # Choice
    "Choices": "The branches: the first whose rule or Condition holds is taken.",
    "Default": "The name of the state that comes next if no branch is taken. Without it, the execution fails then.",
    "Branch.Next": "The name of the state that comes next if this branch is taken.",
    "Branch.Assign": "Variables that are set if this branch is taken.",
    "Branch.Output": "What is handed on if this branch is taken.",
    "Condition": "A JSONata expression that is true or false.",
    "Variable": "A path to the value that is compared.",
    "And": "Holds if all of these rules hold.",
    "Or": "Holds if one of these rules holds.",
    "Not": "Holds if this rule does not hold.",
    # Wait
    "Seconds": "How many seconds to wait.",
    "SecondsPath": "Where the number of seconds is found.",
    "Timestamp": "Until when to wait: a moment such as 2027-03-14T01:59:00Z.",
    "TimestampPath": "Where the moment is found.",
    # Fail
    "Error": "The name of the error, which Retry and Catch around compare.",
    "ErrorPath": "Where the name of the error is found: a path or an intrinsic function.",
    "Cause": "Text for people about the error.",
    "CausePath": "Where the text about the error is found: a path or an intrinsic function.",
    # Parallel and Map
    "Branches": "The machines that run at the same time.",
    "ItemProcessor": "The machine that runs for each item.",
    "Iterator": "The former name of ItemProcessor.",
    "ItemsPath": "Where the array of items is found: in the whole input, if absent.",
    "Items": "The items: an array, or an expression that gives one.",
    "ItemSelector": "What an iteration gets as its input: the item, if absent. It is $$.Map.Item.Value, or"
    " $states.context.Map.Item.Value.",
    "MaxConcurrency": "How many iterations run at once; 0 for as many as possible.",
    "MaxConcurrencyPath": "Where MaxConcurrency is found.",
    "ToleratedFailureCount": "How many items of a Distributed Map may fail before it fails itself.",
    "ToleratedFailureCountPath": "Where ToleratedFailureCount is found.",
    "ToleratedFailurePercentage": "Which part of the items of a Distributed Map may fail before it fails itself.",
    "ToleratedFailurePercentagePath": "Where ToleratedFailurePercentage is found.",
    "Label": "A name for the runs of this Distributed Map, unique in the definition.",
    # reader, batcher, writer
    "ItemReader": "Where a Distributed Map reads its items: a file, or the list of objects in a bucket.",
    "ItemReader.Resource": "How the items are read: s3:getObject or s3:listObjectsV2.",
    "ItemReader.Parameters": "Bucket, and Key or Prefix, of what is read.",
    "ItemReader.Arguments": "Bucket, and Key or Prefix, of what is read.",
    "ReaderConfig": "The form of what is read.",
    "InputType": "The form of the file.",
    "ManifestType": "Who has made the manifest that names the files to read.",
    "ReaderConfig.Transformation": "LOAD_AND_FLATTEN: the items in the listed objects, instead of the objects.",
    "CSVDelimiter": "What stands between the fields of a line.",
    "CSVHeaderLocation": "Where the names of the columns are: in the first row, or in CSVHeaders.",
    "CSVHeaders": "The names of the columns.",
    "ItemsPointer": "A JSON pointer, such as /data/items, to the array inside a JSON file.",
    "MaxItems": "How many items are read at most; 0 for all.",
    "MaxItemsPath": "Where MaxItems is found.",
    "ItemBatcher": "Gives each child execution a batch of items, as Items of its input.",
    "MaxItemsPerBatch": "How many items a batch has at most.",
    "MaxItemsPerBatchPath": "Where MaxItemsPerBatch is found.",
    "MaxInputBytesPerBatch": "How large a batch is at most.",
    "MaxInputBytesPerBatchPath": "Where MaxInputBytesPerBatch is found.",
    "BatchInput": "What every child execution gets beside its items, as BatchInput of its input.",
    "ResultWriter": "Writes the results of the child executions to a bucket, or changes their form.",
    "ResultWriter.Resource": "How the results are written: s3:putObject.",
    "ResultWriter.Parameters": "Bucket and Prefix of where the results are written.",
    "ResultWriter.Arguments": "Bucket and Prefix of where the results are written.",
    "WriterConfig": "The form of the results.",
    "WriterConfig.Transformation": "NONE: all that is known of each child execution. COMPACT: the outputs. FLATTEN: the"
    " elements of outputs that are arrays.",
    "OutputType": "The form of the files.",
}


def describe(field: str, owner: str) -> str:
    """What a field of an object or state means.

    Raises:
        KeyError: nothing is said about it.
    """
    return FIELDS.get(f"{owner}.{field}") or FIELDS[field]
