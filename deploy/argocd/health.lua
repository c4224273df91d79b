-- The health of a CodeSourceBinding or a CodeSourceTrigger, for Argo CD (resource.customizations.health.codesource.dev_CodeSourceBinding).
-- It says what kstatus, and so Flux, says of the same status.
local function condition(name)
  if obj.status ~= nil and obj.status.conditions ~= nil then
    for _, c in ipairs(obj.status.conditions) do
      if c.type == name then
        return c
      end
    end
  end
  return nil
end

local function is(name, status)
  local c = condition(name)
  return c ~= nil and c.status == status
end

local function message(otherwise)
  local ready = condition("Ready")
  if ready ~= nil and ready.message ~= nil and ready.message ~= "" then
    return ready.message
  end
  return otherwise
end

-- A status of another generation describes another spec; -1 means that the operator has not looked at it yet.
if obj.status == nil or obj.status.observedGeneration ~= obj.metadata.generation then
  return { status = "Progressing", message = "Waiting for the operator." }
end

local isTrigger = obj.kind == "CodeSourceTrigger"

-- Not Suspended: Argo CD would wait for that before the next sync wave.
if obj.status.phase == "Suspended" then
  return { status = "Healthy", message = "spec.suspend is set: " .. (isTrigger and "no pushes are noticed." or "the binding is not verified.") }
end

local inProgress = isTrigger and "The repository is being compared." or "The access is being verified."

if is("Reconciling", "True") then
  local authorization = obj.status.authorization
  if obj.status.phase == "AwaitingAuthorization" and authorization ~= nil and authorization.url ~= nil then
    local text = "Open " .. authorization.url
    if authorization.userCode ~= nil then
      text = text .. " and type in " .. authorization.userCode
    end
    return { status = "Progressing", message = text }
  end
  return { status = "Progressing", message = message(inProgress) }
end
if is("Stalled", "True") then
  return { status = "Degraded", message = message(isTrigger and "The trigger has failed." or "The binding has failed.") }
end
if condition("Ready") == nil or is("Ready", "True") then
  return { status = "Healthy", message = message(isTrigger and "Pushes are noticed." or "The access is proven.") }
end
return { status = "Progressing", message = message(inProgress) }
